export { type Configuration, readConfiguration } from "./configuration.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";
