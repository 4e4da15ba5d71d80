/* Which page shows a thing, and what it is called. */
import { path } from "../route";
import { words } from "../texts";

export function thingPath(kind: string, id: string): string {
  return path(kind === "unit" ? "unit" : kind === "web" ? "web" : kind === "carrier" ? "carrier" : "lot", id);
}

/** The title of a thing; where the record has only a key of its material, the kind says more. */
export function thingTitle(title: string, kind: string): string {
  return !title || title.includes(":") ? words(kind) : words(title);
}
