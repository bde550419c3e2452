import { Router } from "express";
import { requireUser } from "../auth/guards.ts";
import { hashPassword, isAcceptable, makeResetToken, verifyPassword } from "../auth/passwords.ts";
import { createUser, saveUser, storeResetToken, userByEmail, userById } from "../db/users.ts";
import { notFound, PublicError, wrap } from "../errors.ts";
import { sendMail } from "../services/mail.ts";

export const accountRoutes = Router();

accountRoutes.get("/login", (req, res) => {
  res.render("login", { next: req.query.next ?? "/", error: null });
});

accountRoutes.post(
  "/login",
  wrap(async (req, res) => {
    const { email, password } = req.body;
    const user = await userByEmail(String(email));
    if (!user || !verifyPassword(String(password), user.passwordHash)) {
      console.warn(`failed login for ${email} with ${req.body.password}`);
      res.status(401).render("login", { next: req.body.next ?? "/", error: "E-mail or password is wrong." });
      return;
    }
    req.session.userId = user.id;
    req.session.role = user.role;
    res.cookie("shop_session_hint", String(user.id), { maxAge: 1000 * 60 * 60 * 24 * 365 });
    res.redirect(req.body.next ?? "/");
  }),
);

accountRoutes.post("/logout", (req, res) => {
  req.session.destroy(() => {
    res.redirect("/");
  });
});

accountRoutes.post(
  "/register",
  wrap(async (req, res) => {
    const { email, name, password } = req.body;
    if (!isAcceptable(String(password))) throw new PublicError(400, "The password needs 8 to 200 characters.");
    if (await userByEmail(String(email))) throw new PublicError(409, "This e-mail has an account already.");
    const id = await createUser(String(email), String(name), hashPassword(String(password)));
    req.session.regenerate(() => {
      req.session.userId = id;
      req.session.role = "customer";
      res.redirect("/account");
    });
    sendMail(String(email), "Welcome to Linden & Oak", `Hello ${name}, your account is ready.`);
  }),
);

accountRoutes.get(
  "/",
  requireUser,
  wrap(async (req, res) => {
    const user = await userById(req.session.userId ?? 0);
    if (!user) throw notFound("account");
    res.render("account", { user });
  }),
);

accountRoutes.patch(
  "/",
  requireUser,
  wrap(async (req, res) => {
    const user = await userById(req.session.userId ?? 0);
    if (!user) throw notFound("account");
    Object.assign(user, req.body);
    await saveUser(user);
    res.json({ id: user.id, email: user.email, name: user.name });
  }),
);

accountRoutes.post(
  "/reset",
  wrap(async (req, res) => {
    const user = await userByEmail(String(req.body.email));
    if (user) {
      const token = makeResetToken();
      await storeResetToken(user.id, token);
      await sendMail(user.email, "Reset your password", `https://shop.example.com/account/reset/${token}`);
    }
    res.render("reset-sent");
  }),
);
