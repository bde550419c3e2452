import { StartProblem } from "#server/kernel/start-problem.ts";

export type DatabaseErrorCode =
  | "BINARIES_MISSING"
  | "DATA_FOLDER_UNUSABLE"
  | "DATABASE_START_FAILED"
  | "DATABASE_VERSION"
  | "MIGRATIONS_PENDING"
  | "MIGRATION_EDITED"
  | "MIGRATION_FAILED"
  | "MIGRATION_FOLDER_INVALID";

/**
 * Why the database cannot be brought up; the message says what to do. No client ever sees it, which is why its codes are
 * not part of the public error table.
 */
export class DatabaseSetupError extends StartProblem {
  override name = "DatabaseSetupError";
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
