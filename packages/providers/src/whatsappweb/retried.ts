/** Does something once for all that ask; a failure is forgotten, so that the next one may have more luck. */
export function retried<T>(work: () => Promise<T>): () => Promise<T> {
  let working: Promise<T> | null = null;
  return async () => {
    working ??= work();
    try {
      return await working;
    } catch (error) {
      working = null;
      throw error;
    }
  };
}
