export default function Empty(_: { id?: string; kind?: string; station?: string; machine?: number | null }) { return null; }
