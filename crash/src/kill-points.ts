import type { Change, DatabaseDialect, Provider, SessionContext } from "@orquesta/core";
import { DEFAULT_CONNECTION_CONFIG } from "@whiskeysockets/baileys";
import type { CompiledQuery, DatabaseConnection, Dialect, Driver } from "kysely";

/** Kills this process the n-th time it is reached: nothing runs after it, as with a crash. */
export class KillPoint {
  #left: number;

  constructor(after: number) {
    this.#left = after;
  }

  reach(): void {
    this.#left -= 1;
    if (this.#left === 0) process.kill(process.pid, "SIGKILL");
  }
}

/** The ratchet has moved in memory, nothing is stored. */
export function killAfterDecrypt(point: KillPoint): void {
  const make = DEFAULT_CONNECTION_CONFIG.makeSignalRepository;
  DEFAULT_CONNECTION_CONFIG.makeSignalRepository = (...args) => {
    const inner = make(...args);
    return {
      ...inner,
      async decryptMessage(options) {
        const plain = await inner.decryptMessage(options);
        point.reach();
        return plain;
      },
    };
  };
}

/** The message is in the journal, the platform does not know. */
export function killAfterCommit<P extends Provider>(provider: P, point: KillPoint): P {
  return {
    ...provider,
    open: (context: SessionContext<unknown>) =>
      provider.open({
        ...context,
        commit: async (change: Change) => {
          await context.commit(change);
          if (change.events?.some(({ name }) => name === "message.received")) point.reach();
        },
      }),
  };
}

/** The tasks of a message are stored, none was begun. */
export function killAfterPlanning(dialect: DatabaseDialect, point: KillPoint): DatabaseDialect {
  return {
    ...dialect,
    createKyselyDialect: async () => {
      const inner = await dialect.createKyselyDialect();
      return {
        createAdapter: () => inner.createAdapter(),
        createIntrospector: (db) => inner.createIntrospector(db),
        createQueryCompiler: () => inner.createQueryCompiler(),
        createDriver: () => watchPlanning(inner.createDriver(), point),
      } satisfies Dialect;
    },
  };
}

function watchPlanning(driver: Driver, point: KillPoint): Driver {
  let planned = false;
  const watch = (connection: DatabaseConnection): DatabaseConnection => ({
    executeQuery: (query: CompiledQuery) => {
      if (query.sql.startsWith('insert into "task"')) planned = true;
      return connection.executeQuery(query);
    },
    streamQuery: (...args) => connection.streamQuery(...args),
  });
  const connections = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const inner = (connection: DatabaseConnection) => connections.get(connection) ?? connection;
  return {
    init: (...args) => driver.init(...args),
    destroy: (...args) => driver.destroy(...args),
    acquireConnection: async (...args) => {
      const connection = await driver.acquireConnection(...args);
      const watched = watch(connection);
      connections.set(watched, connection);
      return watched;
    },
    releaseConnection: (connection, ...args) =>
      driver.releaseConnection(inner(connection), ...args),
    beginTransaction: (connection, ...args) => driver.beginTransaction(inner(connection), ...args),
    rollbackTransaction: (connection, ...args) =>
      driver.rollbackTransaction(inner(connection), ...args),
    async commitTransaction(connection, ...args) {
      await driver.commitTransaction(inner(connection), ...args);
      if (planned) point.reach();
      planned = false;
    },
  };
}
