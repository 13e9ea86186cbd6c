type Listener = (...args: readonly unknown[]) => void;

/** Events as Backbone has them: several names at once, `change:<attribute>`. */
export class Events {
  readonly #listeners = new Map<string, Set<Listener>>();

  on(names: string, listener: Listener): void {
    for (const name of names.split(" ")) {
      const listeners = this.#listeners.get(name) ?? new Set();
      this.#listeners.set(name, listeners.add(listener));
    }
  }

  off(names: string, listener: Listener): void {
    for (const name of names.split(" ")) this.#listeners.get(name)?.delete(listener);
  }

  once(name: string, listener: Listener): void {
    const first: Listener = (...args) => {
      this.off(name, first);
      listener(...args);
    };
    this.on(name, first);
  }

  trigger(name: string, ...args: readonly unknown[]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...args);
  }

  hears(name: string): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }
}

/** What collections know their models by. */
export interface Key {
  readonly _serialized: string;
}

function keyOf(key: Key | string): string {
  return typeof key === "string" ? key : key._serialized;
}

/** Its attributes are its own properties. */
export class Model extends Events {
  #collection: Events | null = null;

  constructor(attributes: object) {
    super();
    Object.assign(this, attributes);
  }

  belongTo(collection: Events): void {
    this.#collection = collection;
  }

  /** Sets all, then tells of each. */
  set(changes: object): void {
    const before: Record<string, unknown> = Object.fromEntries(Object.entries(this));
    Object.assign(this, changes);
    const changed = Object.entries(changes).filter(([name, value]) => before[name] !== value);
    for (const [name, value] of changed) {
      this.#tell(`change:${name}`, value, before[name]);
    }
    if (changed.length > 0) this.#tell("change");
  }

  serialize(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this));
  }

  #tell(name: string, ...args: readonly unknown[]): void {
    this.trigger(name, this, ...args);
    this.#collection?.trigger(name, this, ...args);
  }
}

export class Collection<Item extends Model & { readonly id: Key }> extends Events {
  readonly #models = new Map<string, Item>();

  get(key: Key | string | null | undefined): Item | undefined {
    return key ? this.#models.get(keyOf(key)) : undefined;
  }

  getModelsArray(): Item[] {
    return [...this.#models.values()];
  }

  add(item: Item): Item {
    item.belongTo(this);
    this.#models.set(item.id._serialized, item);
    this.trigger("add", item);
    return item;
  }

  remove(key: Key): void {
    const item = this.get(key);
    this.#models.delete(key._serialized);
    if (item) this.trigger("remove", item);
  }
}
