import { Compass, Gauge, LandPlot, ListChecks, type LucideIcon, Settings, UsersRound, Wallet } from "lucide-react";

export type Place = { href: string; label: string; icon: LucideIcon };

/** The places of the dashboard, in the order of the rail. The first five fit the phone's bottom bar. */
export const PLACES: Place[] = [
  { href: "/overview", label: "Overview", icon: Gauge },
  { href: "/tasks", label: "Tasks", icon: ListChecks },
  { href: "/agents", label: "Agents", icon: UsersRound },
  { href: "/explore", label: "Explore", icon: Compass },
  { href: "/wallet", label: "Wallet", icon: Wallet },
  { href: "/settings", label: "Settings", icon: Settings },
];

export const OPERATOR_PLACE: Place = { href: "/operator", label: "City hall", icon: LandPlot };
