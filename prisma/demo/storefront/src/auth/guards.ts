import type { NextFunction, Request, Response } from "express";

export function requireUser(req: Request, res: Response, next: NextFunction): void {
  if (req.session.userId === undefined) {
    res.redirect(`/account/login?next=${encodeURIComponent(req.originalUrl)}`);
    return;
  }
  next();
}

export function requireStaff(req: Request, res: Response, next: NextFunction): void {
  if (req.session.role !== "staff" && req.session.role !== "admin") {
    res.status(403).send("Forbidden");
    return;
  }
  next();
}
