/* What opens above the page: search, keys, other runs. Loaded when first opened; Mantine with our tokens. */
import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/ScrollArea.css";
import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Modal.css";
import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/CloseButton.css";
import "./overlays.css";
import { createTheme, MantineProvider, Modal, type CSSVariablesResolver } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { useGet } from "../api";
import { moment } from "../format";
import { StateMark } from "../parts/marks";
import { address, go } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import { useTheme } from "../theme";
import type { Header } from "../types";
import type { Overlay } from "./frame";
import { SearchBox } from "./search";

const theme = createTheme({ fontFamily: "var(--font)", defaultRadius: 4, respectReducedMotion: true, primaryColor: "dark" });
const tokens = {
  "--mantine-color-body": "var(--surface)", "--mantine-color-text": "var(--ink)", "--mantine-color-dimmed": "var(--ink-3)", "--mantine-color-default": "var(--raised)",
  "--mantine-color-default-hover": "var(--inset)", "--mantine-color-default-border": "var(--line-strong)", "--mantine-color-default-color": "var(--ink)", "--mantine-primary-color-filled": "var(--ink)",
  "--mantine-color-placeholder": "var(--ink-3)", "--mantine-color-anchor": "var(--ink)", "--mantine-font-size-md": "var(--t-body)", "--mantine-line-height": "18px", "--mantine-primary-color-contrast": "var(--on-ink)",
};
const resolver: CSSVariablesResolver = () => ({ variables: tokens, light: tokens, dark: tokens });

export function Themed({ children }: { children: ReactNode }) {
  const now = useTheme();
  return <MantineProvider theme={theme} forceColorScheme={now} cssVariablesResolver={resolver} getRootElement={() => document.documentElement}>{children}</MantineProvider>;
}

export default function Overlays({ which, close }: { which: Overlay; close: () => void }) {
  // Opened after the first draw, so that what has the focus now gets it back.
  const [opened, setOpened] = useState(false);
  useEffect(() => setOpened(true), []);
  const title = which === "search" ? texts.search.title : which === "keys" ? texts.keys.title : texts.shell.runs;
  return (
    <Themed>
      <Modal opened={opened} onClose={close} title={which === "search" ? undefined : title} aria-label={title} withCloseButton={which !== "search"} closeButtonProps={{ "aria-label": texts.keys.close }}
        size={which === "search" ? 560 : 460} yOffset={which === "search" ? "10vh" : "14vh"} padding={which === "search" ? 0 : 18} radius={6} transitionProps={{ duration: 90, transition: "fade" }}
        overlayProps={{ color: "#000", backgroundOpacity: 0.28 }} shadow="0 12px 32px #0003">
        {which === "search" ? <SearchBox close={close} /> : which === "keys" ? <Keys /> : <Runs close={close} />}
      </Modal>
    </Themed>
  );
}

function Keys() {
  return <dl className="keylist">{texts.keys.rows.map(([key, what]) => <div key={key}><dt>{key.split(" ").map((part) => (part === "then" ? <span key={part}>{part}</span> : <kbd key={part}>{part}</kbd>))}</dt><dd>{what}</dd></div>)}</dl>;
}

function Runs({ close }: { close: () => void }) {
  const { run } = useRun();
  const list = useGet<{ runs: Header[] }>("/runs");
  return (
    <ul className="runlist">
      {(list.data?.runs ?? []).map((each) => (
        <li key={each.run}>
          <button type="button" aria-current={each.run === run} onClick={() => { close(); go(address(each.line, each.source === "import" ? "/find" : "/line", { run: each.run })); }}>
            <StateMark group={each.live ? "running" : "planned"} />
            <b>{each.title}</b>
            <span>{texts.shell.runLine(texts.shell.source[each.source], moment(each.begin_us, each.time_zone || "UTC", Date.now() * 1000), each.live)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
