import { recordEvent } from "../events.ts";
import { stripeId } from "../ids.ts";
import type { Customer } from "../objects.ts";
import { metadata, oneOf, string } from "../parameters.ts";
import type { Routes } from "../routes.ts";
import { find, insert, listPage, lookUp, removeCustomer } from "../store.ts";
import { LISTING } from "./listing.ts";

export function customerRoutes(routes: Routes): void {
  routes.post("/v1/customers", {
    parameters: { email: string(512), name: string(256), description: string(), metadata: metadata() },
    run: async (call, values) => {
      const customer = await insert<Customer>(call, {
        id: stripeId("cus"),
        object: "customer",
        created: call.now,
        livemode: false,
        email: values.email ?? null,
        name: values.name ?? null,
        description: values.description ?? null,
        metadata: values.metadata ?? {},
      });
      await recordEvent(call, "customer.created", customer);
      return customer;
    },
  });

  routes.get("/v1/customers", {
    parameters: { ...LISTING, email: string() },
    run: (call, { email, ...listing }) => listPage(call, "customer", "/v1/customers", listing, { email }),
  });

  routes.get("/v1/customers/:id", {
    parameters: {},
    run: async (call, _values, { id = "" }) =>
      (await lookUp(call, "customer.deleted", id)) ?? (await find(call, "customer", id)),
  });

  // The cards go with the customer; payments stay, as the city's own records.
  routes.delete("/v1/customers/:id", {
    parameters: {},
    run: async (call, _values, { id = "" }) => {
      const customer = await find(call, "customer", id, { lock: true });
      const deleted = await removeCustomer(call, id);
      await recordEvent(call, "customer.deleted", customer);
      return deleted;
    },
  });

  routes.get("/v1/customers/:id/payment_methods", {
    parameters: { ...LISTING, type: oneOf("card") },
    run: async (call, { type: _type, ...listing }, { id = "" }) => {
      await find(call, "customer", id, { param: "customer" });
      const url = `/v1/customers/${id}/payment_methods`;
      return listPage(call, "payment_method", url, listing, { customer: id });
    },
  });

  routes.get("/v1/payment_methods/:id", {
    parameters: {},
    run: (call, _values, { id = "" }) => find(call, "payment_method", id),
  });
}
