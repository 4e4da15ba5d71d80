/* Experiments: the list, a new one, one opened, two side by side. */
import "./experiments.css";
import { useRoute } from "../route";
import { ComparePage } from "./compare";
import { NewPage } from "./form";
import { ListPage } from "./list";
import { ExperimentPage } from "./one";

export default function ExperimentsPage() {
  const { rest, query } = useRoute();
  const [first] = rest;
  if (first === "new") return <NewPage key={query.get("from") ?? ""} />;
  if (first === "compare") return <ComparePage />;
  return first ? <ExperimentPage key={first} id={first} /> : <ListPage />;
}
