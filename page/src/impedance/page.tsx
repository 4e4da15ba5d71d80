/* Impedance: the stacks of the line's stations and files of spectra; one of them opened. */
import "./impedance.css";
import { ofRun } from "../api";
import { useRoute } from "../route";
import { useRun } from "../run";
import { AnalysisPage } from "./analysis";
import { ListPage } from "./list";

export default function ImpedancePage() {
  const { run } = useRun();
  const { rest, query } = useRoute();
  const [first, second] = rest;
  if (first === "files" && second) return <AnalysisPage key={second} from={"/impedance/" + encodeURIComponent(second)} query={{ recipe: query.get("recipe") }} unit={null} />;
  return first ? <AnalysisPage key={first} from={ofRun(run, "impedance", first)} query={{}} unit={first} /> : <ListPage />;
}
