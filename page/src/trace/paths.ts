/* Which page shows a thing. */
import { path } from "../route";

export function thingPath(kind: string, id: string): string {
  return path(kind === "unit" ? "unit" : kind === "web" ? "web" : kind === "carrier" ? "carrier" : "lot", id);
}
