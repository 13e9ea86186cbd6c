/** Name of the SQLite file in a data directory. */
export const DATABASE_FILE = "orquesta.sqlite";
