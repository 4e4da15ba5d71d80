/* The page: which section stands in the frame. Everything but the line is loaded when it is opened. */
import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { useGet } from "./api";
import { FaultNote, Guard, Loading, Note } from "./parts/notes";
import { LinePage } from "./line/page";
import { Patterns } from "./parts/marks";
import { address, go, useRoute, type Route } from "./route";
import { RunProvider, useFoundRun, useRun } from "./run";
import { Frame } from "./shell/frame";
import { texts } from "./texts";
import type { Header } from "./types";

const StationPage = lazy(() => import("./station/page"));
const AlarmsPage = lazy(() => import("./alarms/page"));
const FindPage = lazy(() => import("./trace/find"));
const ThingPage = lazy(() => import("./trace/thing"));
const WebsPage = lazy(() => import("./trace/webs"));
const CausesPage = lazy(() => import("./causes/page"));
const CarriersPage = lazy(() => import("./trace/carriers"));
const HoldsPage = lazy(() => import("./trace/holds"));
const ExperimentsPage = lazy(() => import("./experiments/page"));
const ImpedancePage = lazy(() => import("./impedance/page"));
const BenchPage = lazy(() => import("./bench"));

function Page({ route }: { route: Route }): ReactNode {
  const { header } = useRun();
  const [first, second] = route.rest;
  if (route.query.get("bench") === "trends") return <BenchPage />;
  switch (route.page) {
    case "line": return first ? <StationPage key={first + "/" + (second ?? "")} station={first} machine={second ? Number(second) : null} /> : header.source === "import" ? <FindPage /> : <LinePage />;
    case "alarms": return <AlarmsPage />;
    case "find": return <FindPage />;
    case "unit": case "lot": case "carrier": case "web": return first ? <ThingPage key={first} id={first} kind={route.page} /> : <FindPage />;
    case "webs": return <WebsPage />;
    case "causes": return <CausesPage />;
    case "impedance": return <ImpedancePage />;
    case "carriers": return <CarriersPage />;
    case "holds": return <HoldsPage />;
    case "experiments": return <ExperimentsPage />;
    default: return <section className="panel"><Note title={texts.fault.noPage}><a href={address(route.line, "/line")}>{texts.fault.toLine}</a></Note></section>;
  }
}

/** A way out of the address of a line that has no run: to those that have. */
function OtherLines() {
  const list = useGet<{ runs: Header[] }>("/runs");
  const lines = new Map((list.data?.runs ?? []).map((each) => [each.line, each]));
  if (!lines.size) return null;
  return <div className="note" data-other-lines="">{texts.fault.others} {[...lines.values()].map((each, i) => <span key={each.line}>{i ? ", " : ""}<a href={address(each.line, each.source === "import" ? "/find" : "/line")}>{each.title}</a></span>)}</div>;
}

export function App() {
  const route = useRoute();
  const found = useFoundRun();
  useEffect(() => {
    document.documentElement.classList.toggle("wall", route.query.has("wall"));
  }, [route]);
  useEffect(() => {
    if (!route.line && found.header) go(address(found.header.line, "/line"), true);
  }, [route.line, found.header]);
  if (!found.header) {
    return (
      <main className="main" tabIndex={-1}>
        <h1 className="unseen">{texts.name}</h1>
        <section className="panel">
          {found.error ? <FaultNote error={found.error} again={found.again} /> : found.none ? <><Note title={route.line ? texts.fault.noRun(route.line) : texts.fault.noRuns}>{route.line ? texts.fault.noRunNext(route.line) : texts.fault.noRunAtAll}</Note>{route.line ? <OtherLines /> : null}</> : <Loading />}
        </section>
      </main>
    );
  }
  return (
    <RunProvider header={found.header} key={found.header.run}>
      <Patterns />
      <Frame>
        <Guard key={route.page + "/" + route.rest.join("/")}>
          <Suspense fallback={<section className="panel"><Loading /></section>}><Page route={route} /></Suspense>
        </Guard>
      </Frame>
    </RunProvider>
  );
}
