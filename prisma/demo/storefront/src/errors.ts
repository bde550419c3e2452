import type { NextFunction, Request, Response } from "express";

/** An error whose message a visitor may read. */
export class PublicError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "PublicError";
    this.status = status;
  }
}

export function notFound(what: string): PublicError {
  return new PublicError(404, `${what} not found`);
}

export function handleErrors(err: Error, req: Request, res: Response, _next: NextFunction): void {
  if (err instanceof PublicError) {
    res.status(err.status).json({ error: err.message });
    return;
  }
  console.error(`${req.method} ${req.path}`, err);
  res.status(500).json({ error: "internal", detail: err.stack });
}

/** Express 4 does not look after rejected promises, so every async handler is wrapped. */
export function wrap(handler: (req: Request, res: Response) => Promise<unknown>) {
  return (req: Request, res: Response, next: NextFunction) => {
    handler(req, res).catch(next);
  };
}
