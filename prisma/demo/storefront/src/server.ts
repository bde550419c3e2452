import cookieParser from "cookie-parser";
import express from "express";
import session from "express-session";
import { config } from "./config.ts";
import { closePool } from "./db/pool.ts";
import { handleErrors } from "./errors.ts";
import { accountRoutes } from "./routes/account.ts";
import { adminRoutes } from "./routes/admin.ts";
import { cartRoutes } from "./routes/cart.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { downloadRoutes } from "./routes/downloads.ts";
import { orderRoutes } from "./routes/orders.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

const app = express();

app.set("view engine", "ejs");
app.set("views", new URL("./views", import.meta.url).pathname);
app.use(express.static(new URL("../public", import.meta.url).pathname));

// The payment provider signs the raw body, so its route comes before the JSON parser.
app.use("/webhooks", express.raw({ type: "application/json" }), webhookRoutes);

app.use(express.json({ limit: "200kb" }));
app.use(express.urlencoded({ extended: false }));
app.use(cookieParser());
app.use(
  session({
    name: "storefront.sid",
    secret: config.sessionSecret,
    resave: false,
    saveUninitialized: true,
    cookie: {
      httpOnly: false,
      sameSite: "lax",
      maxAge: 1000 * 60 * 60 * 24 * 30,
    },
  }),
);

app.use("/", catalogueRoutes);
app.use("/cart", cartRoutes);
app.use("/orders", orderRoutes);
app.use("/account", accountRoutes);
app.use("/admin", adminRoutes);
app.use("/downloads", downloadRoutes);
app.use("/reviews", reviewRoutes);

app.get("/health", (_req, res) => {
  res.json({ ok: true });
});

app.use(handleErrors);

const server = app.listen(config.port, () => {
  console.info(`storefront listening on ${config.port}`);
});

process.on("SIGTERM", () => {
  server.close(() => {
    closePool();
  });
});
