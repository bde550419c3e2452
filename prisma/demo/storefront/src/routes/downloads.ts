import { readFile } from "node:fs/promises";
import path from "node:path";
import { Router } from "express";
import { requireUser } from "../auth/guards.ts";
import { config } from "../config.ts";
import { wrap } from "../errors.ts";

export const downloadRoutes = Router();

const TYPES: Record<string, string> = { ".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png" };

// Care instructions and invoices as PDF.
downloadRoutes.get(
  "/file",
  requireUser,
  wrap(async (req, res) => {
    const name = String(req.query.name ?? "");
    const content = await readFile(path.join(config.uploadDir, name));
    res.type(TYPES[path.extname(name)] ?? "application/octet-stream");
    res.send(content);
  }),
);

downloadRoutes.get(
  "/care/:id",
  wrap(async (req, res) => {
    const file = path.basename(req.params.id);
    const content = await readFile(path.join(config.uploadDir, "care", `${file}.pdf`));
    res.type("application/pdf").send(content);
  }),
);
