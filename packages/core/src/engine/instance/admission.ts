import type { Transaction } from "../database/transaction.ts";

export interface NewInstance {
  readonly companyId: string | null;
  readonly provider: string;
}

/** Limits of a plan or an operator, asked inside the transaction that inserts. */
export interface Admission {
  /** @throws INSTANCE_LIMIT_REACHED */
  mayCreate(instance: NewInstance, tx: Transaction): Promise<void>;
}
