/** A module of the page, as `window.require` gives it: an object, or a class. */
export type Modules = { readonly [name: string]: object };
