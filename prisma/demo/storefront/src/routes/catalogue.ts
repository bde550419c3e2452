import { Router } from "express";
import { categories, productBySlug, productsInCategory, searchProducts } from "../db/products.ts";
import { reviewsOf } from "../db/reviews.ts";
import { notFound, wrap } from "../errors.ts";

export const catalogueRoutes = Router();

catalogueRoutes.get(
  "/",
  wrap(async (_req, res) => {
    res.render("home", { categories: await categories() });
  }),
);

catalogueRoutes.get(
  "/c/:category",
  wrap(async (req, res) => {
    const page = Math.max(1, Number(req.query.page ?? 1) || 1);
    const products = await productsInCategory(req.params.category, page);
    res.render("category", { category: req.params.category, products, page });
  }),
);

catalogueRoutes.get(
  "/search",
  wrap(async (req, res) => {
    const q = String(req.query.q ?? "");
    const sort = String(req.query.sort ?? "name");
    const products = await searchProducts(q, sort);
    if (products.length === 0) {
      res.send(`<h1>No results for ${q}</h1><p><a href="/">Back to the shop</a></p>`);
      return;
    }
    res.render("search", { q, products });
  }),
);

catalogueRoutes.get(
  "/p/:slug",
  wrap(async (req, res) => {
    const product = await productBySlug(req.params.slug);
    if (!product) throw notFound("product");
    res.render("product", { product, reviews: await reviewsOf(product.id) });
  }),
);
