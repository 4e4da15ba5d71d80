/* Few icons, from Tabler Icons (https://tabler.io/icons), MIT licence, Copyright (c) 2020 Paweł Kuna. A state is never one of them. */
const PATHS = {
  search: ["M3 10a7 7 0 1 0 14 0a7 7 0 1 0 -14 0", "M21 21l-6 -6"],
  run: ["M7 4v16l13 -8l-13 -8"],
  trace: ["M14 6a2 2 0 1 0 -4 0a2 2 0 0 0 4 0", "M7 14a2 2 0 1 0 -4 0a2 2 0 0 0 4 0", "M21 14a2 2 0 1 0 -4 0a2 2 0 0 0 4 0", "M14 18a2 2 0 1 0 -4 0a2 2 0 0 0 4 0", "M12 8v8", "M6.316 12.496l4.368 -4.992", "M17.684 12.496l-4.366 -4.990"],
  bell: ["M10 5a2 2 0 1 1 4 0a7 7 0 0 1 4 6v3a4 4 0 0 0 2 3h-16a4 4 0 0 0 2 -3v-3a7 7 0 0 1 4 -6", "M9 17v1a3 3 0 0 0 6 0v-1"],
  webs: ["M12 4l-8 4l8 4l8 -4l-8 -4", "M4 12l8 4l8 -4", "M4 16l8 4l8 -4"],
  measure: ["M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0", "M11 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0", "M13.41 10.59l2.59 -2.59", "M7 12a5 5 0 0 1 5 -5"],
  plan: ["M9 3l6 0", "M10 9l4 0", "M10 3v6l-4 11a.7 .7 0 0 0 .5 1h11a.7 .7 0 0 0 .5 -1l-4 -11v-6"],
  lock: ["M5 13a2 2 0 0 1 2 -2h10a2 2 0 0 1 2 2v6a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2l0 -6", "M8 11v-4a4 4 0 1 1 8 0v4"],
  check: ["M5 12l5 5l10 -10"],
  down: ["M6 9l6 6l6 -6"],
  plug: ["M7 12l5 5l-1.500 1.500a3.536 3.536 0 1 1 -5 -5l1.500 -1.500", "M17 12l-5 -5l1.500 -1.500a3.536 3.536 0 1 1 5 5l-1.500 1.500", "M3 21l2.500 -2.500", "M18.500 5.500l2.500 -2.500", "M10 11l-2 2", "M13 14l-2 2"],
  close: ["M18 6l-12 12", "M6 6l12 12"],
  sun: ["M8 12a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "M3 12h1m8 -9v1m8 8h1m-9 8v1m-6.400 -15.400l.7 .7m12.100 -.7l-.7 .7m0 11.400l.7 .7m-12.100 -.7l-.7 .7"],
  moon: ["M12 3c.132 0 .263 0 .393 0a7.500 7.500 0 0 0 7.920 12.446a9 9 0 1 1 -8.313 -12.454l0 .008"],
  system: ["M3 5a1 1 0 0 1 1 -1h16a1 1 0 0 1 1 1v10a1 1 0 0 1 -1 1h-16a1 1 0 0 1 -1 -1v-10", "M7 20h10", "M9 16v4", "M15 16v4"],
  keyboard: ["M2 8a2 2 0 0 1 2 -2h16a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2l0 -8", "M6 10l0 .01", "M10 10l0 .01", "M14 10l0 .01", "M18 10l0 .01", "M6 14l0 .01", "M18 14l0 .01", "M10 14l4 .01"],
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={1.7} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {PATHS[name].map((d) => <path key={d} d={d} />)}
    </svg>
  );
}

/** Two flows that become one: the mark of Linewright. */
export function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" fill="none" stroke="currentColor" strokeWidth={2} strokeLinecap="round" aria-hidden="true">
      <path d="M2 5.500h3.500c4.500 0 4 5.500 8.500 5.500H20" /><path d="M2 16.500h3.500c4.500 0 4-5.500 8.500-5.500" /><circle cx="14" cy="11" r="2.200" fill="currentColor" stroke="none" />
    </svg>
  );
}
