import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { runningCity } from "#server/city.ts";

export const dynamic = "force-dynamic";
type Params = { params: Promise<{ nextauth: string[] }> };
const answer = (request: NextRequest, context: Params) => NextAuth(request, context, runningCity().authOptions);

export { answer as GET, answer as POST };
