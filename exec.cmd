@rem Lets the scripts of package.json say "exec node ..." on Windows too (see CONTRIBUTING.md).
@%*
