"""Instruments' files: every shared real one is read, the formats without one are read from synthesised text, every fault is told with its line."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from linewright.exchange.impedance.columns import ColumnFault, find_columns
from linewright.exchange.impedance.measured import SpectrumFile
from linewright.exchange.impedance.read import read_spectra
from linewright.exchange.impedance.sweeps import turn
from linewright.model.errors import DataError

FREQUENCY = np.logspace(4, -1, 26)
Z = 0.01 + 0.02 / (1 + 2j * np.pi * FREQUENCY * 0.02 * 0.5) + 0.05 / (1 + 2j * np.pi * FREQUENCY * 0.05 * 8.0)


def rows(delimiter: str, *columns: np.ndarray) -> str:
    return "\n".join(delimiter.join(f"{x:.12g}" for x in row) for row in zip(*columns, strict=True)) + "\n"


def read(folder: Path, text: str, name: str = "a.txt", *, minus_imaginary: bool = False) -> SpectrumFile:
    (folder / name).write_text(text, encoding="utf-8")
    return read_spectra(folder / name, name, minus_imaginary=minus_imaginary)


def refused(folder: Path, text: str, name: str = "a.txt") -> str:
    with pytest.raises(DataError) as caught:
        read(folder, text, name)
    return str(caught.value)


def is_ours(found: SpectrumFile, instrument: str) -> None:
    assert found.instrument == instrument
    (spectrum,) = found.spectra
    np.testing.assert_allclose(spectrum.frequency_hz, FREQUENCY, rtol=1e-11)
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-8)


# ---- real files

REAL = {
    "instruments/exampleDataGamry.DTA": ("Gamry", 72, 2.000156e5, 825.8584 - 1367.239j),
    "instruments/exampleDataBioLogic.mpt": ("BioLogic", 43, 1000.3201, 65.470886 - 0.38998979j),
    "instruments/exampleDataZPlot.z": ("ZPlot", 21, 3e5, 147.77 - 11.335j),
    "instruments/exampleDataCHInstruments.txt": ("CHI", 73, 9.961e4, 98.91 - 2.748j),
    "instruments/exampleData.csv": ("text", 66, 1e4, 0.015771 + 0.010157j),
    "instruments/Circuit1_EIS_1.z": ("ZPlot", 48, 5e4, 29.036 + 0.63662j),
    "instruments/Circuit1_EIS_2.z": ("ZPlot", 48, 5e4, 29.001 + 0.5992j),
    "instruments/Circuit2_EIS_1.z": ("ZPlot", 56, 3e5, 147.77 - 11.335j),
    "ceramic-cell/550C.0.5V.DTA": ("Gamry", 61, 1.001953e5, 0.6641507 + 0.1476726j),
    "solid-state/PEIS_LPSCl_IonBlocking_-25C.txt": ("BioLogic", 79, 7.0000185e6, 359.24146 - 290.92038j),
    "solid-state/PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt": ("RelaxIS", 79, 7.0000185e6, 359.241455 - 290.92038j),
}


@pytest.mark.shared
@pytest.mark.parametrize("file", REAL)
def test_a_real_file_is_read_whole(shared: Path, file: str) -> None:
    instrument, points, highest_hz, first_ohm = REAL[file]
    found = read_spectra(shared / "data/eis" / file)
    (spectrum,) = found.spectra
    assert (found.instrument, len(spectrum.lines)) == (instrument, points)
    assert spectrum.frequency_hz[0] == pytest.approx(highest_hz, rel=1e-6)
    assert spectrum.impedance_ohm[0] == pytest.approx(first_ohm, rel=1e-4)
    assert (np.diff(spectrum.frequency_hz) < 0).all()


@pytest.mark.shared
def test_one_measurement_in_two_forms_is_the_same(shared: Path) -> None:
    folder = shared / "data/eis/solid-state"
    a = read_spectra(folder / "PEIS_LPSCl_IonBlocking_-25C.txt").spectra[0]
    b = read_spectra(folder / "PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt").spectra[0]
    np.testing.assert_allclose(a.impedance_ohm, b.impedance_ohm, rtol=1e-6)


@pytest.mark.shared
def test_the_published_array_of_65_spectra_is_read(shared: Path) -> None:
    file = shared / "data/eis/battery-cell/battery_cell_cycling_rows_000_064.npy"
    found = read_spectra(file)
    stored = np.load(file)
    assert len(found.spectra) == 65
    assert found.warnings == ()
    np.testing.assert_array_equal(found.spectra[7].impedance_ohm, stored[7, 1])


@pytest.mark.shared
def test_every_row_of_a_real_file_is_where_its_line_says(shared: Path) -> None:
    file = shared / "data/eis/instruments/exampleDataGamry.DTA"
    texts = file.read_text(encoding="latin-1").splitlines()
    (spectrum,) = read_spectra(file).spectra
    for line, z in zip(spectrum.lines.tolist(), spectrum.impedance_ohm.tolist(), strict=True):
        cells = texts[line - 1].split("\t")
        assert complex(float(cells[4]), float(cells[5])) == z


@pytest.mark.shared
def test_a_file_that_ends_early_is_said_to(shared: Path) -> None:
    (warning,) = read_spectra(shared / "data/eis/instruments/exampleDataZPlot.z").warnings
    assert "ends after 21 of the 56 points" in warning.message


@pytest.mark.shared
def test_the_binary_file_is_refused_by_name_with_the_way_to_export(shared: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_spectra(shared / "data/eis/solid-state/PEIS_LPSCl_IonBlocking_-25C.mpr")
    assert ".mpr" in str(caught.value)
    assert "Export as Text" in str(caught.value)


@pytest.mark.shared
@pytest.mark.parametrize("file", ["Activation-Test-MEA-Constant-Current-0.25A/1.csv", "Activation-Test-MEA-Constant-Voltage-0.6V/3.csv"])
def test_spectra_without_frequencies_are_refused(shared: Path, file: str) -> None:
    with pytest.raises(DataError, match=r"csv:1  the head names no frequency: z_real, z_img"):
        read_spectra(shared / "data/eis/pem-fuel-cell" / file)


# ---- formats without a shared file: synthesised from their public description


def test_autolab(tmp_path: Path) -> None:
    nought = np.zeros_like(FREQUENCY)
    head = '"Z60W Data File: Version 1.1"\n' + '""\n' * 7 + f"0,2,0,1,0.1,10000\n{len(Z)}\n"
    heads = "\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"\n"
    text = head + heads + rows(",", FREQUENCY, nought, nought, nought, Z.real, Z.imag, nought, nought, nought)
    found = read(tmp_path, text)
    is_ours(found, "Autolab")
    assert found.warnings == ()
    assert "of the 26 points" in read(tmp_path, "\n".join(text.splitlines()[:-3])).warnings[-1].message


def test_parstat_leaves_out_rests_and_cycling(tmp_path: Path) -> None:
    heads = "Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t|Vac| (V)\t|Iac| (A)\t\n"
    rest = "3.49\t-0.15\t10\t0\t0\t0\t0\t0\t\n" * 4
    nought = np.zeros_like(FREQUENCY)
    found = read(tmp_path, heads + rest + rows("\t", nought, nought, nought, FREQUENCY, Z.real, Z.imag, nought, nought))
    is_ours(found, "Parstat")
    assert [w.message for w in found.warnings] == ["4 of 30 rows have no frequency (a rest or cycling) and are no points."]


def test_versastudio_reads_each_segment(tmp_path: Path) -> None:
    heads = "Definition=Segment #, Point #, E(V), I(A), Elapsed Time(s), Frequency(Hz), E Real, E Imag, I Real, I Imag, Z Real, Z Imag, 0\n"
    nought = np.zeros_like(FREQUENCY)
    body = rows(",", nought, nought, nought, nought, nought, FREQUENCY, nought, nought, nought, nought, Z.real, Z.imag, nought)
    one = f"<Segment1>\nType=2\nVersion=3\n{heads}{body}</Segment1>\n"
    top = "<Application>\nName=VersaStudio\nVersion=2.52.3.0\n</Application>\n\n"
    is_ours(read(tmp_path, top + one + "<Graph1>\nAnalysis=0\n</Graph1>\n", "a.par"), "VersaStudio")
    assert [s.name for s in read(tmp_path, top + one + one, "a.par").spectra] == ["a.par#1", "a.par#2"]
    assert "no segment has" in refused(tmp_path, top, "b.par")


def test_powersuite(tmp_path: Path) -> None:
    is_ours(read(tmp_path, "Frequency\t Zre\t Zimg\n" + rows("\t ", FREQUENCY[::-1], Z.real[::-1], Z.imag[::-1])), "PowerSuite")


def test_arrays_and_parquet(tmp_path: Path) -> None:
    stack = np.stack([np.stack([FREQUENCY, Z * k]) for k in (1, 2)])
    np.save(tmp_path / "two.npy", stack)
    assert [s.name for s in read_spectra(tmp_path / "two.npy", "two.npy").spectra] == ["two.npy#1", "two.npy#2"]
    np.save(tmp_path / "table.npy", np.column_stack([FREQUENCY, Z.real, Z.imag]))
    is_ours(read_spectra(tmp_path / "table.npy", "table.npy"), "NumPy")
    np.savez(tmp_path / "a.npz", frequency_hz=FREQUENCY, impedance_ohm=np.stack([Z, Z]))
    assert len(read_spectra(tmp_path / "a.npz", "a.npz").spectra) == 2
    np.save(tmp_path / "odd.npy", np.zeros((3, 7)))
    with pytest.raises(DataError, match=r"odd.npy  the shape is not one of spectra: the array float64 \(3, 7\)"):
        read_spectra(tmp_path / "odd.npy", "odd.npy")
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="holds objects"):
        read_spectra(tmp_path / "objects.npy", "objects.npy")
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({"cell": ["a"] * 26 + ["b"] * 26, "frequency_hz": np.tile(FREQUENCY, 2), "z_re_ohm": np.tile(Z.real, 2)})
    table = table.rename_columns(["cell", "frequency/Hz", "Re(Z)/mOhm"]).append_column("-Im(Z)/mOhm", pa.array(-np.tile(Z.imag, 2)))
    parquet.write_table(table, tmp_path / "a.parquet")
    found = read_spectra(tmp_path / "a.parquet", "a.parquet")
    assert [s.name for s in found.spectra] == ["a.parquet#a", "a.parquet#b"]
    np.testing.assert_allclose(found.spectra[1].impedance_ohm, Z * 1e-3)


# ---- the many ways to write a head


@pytest.mark.parametrize(
    ("heads", "factor"),
    [
        ("f/Hz,Z'/ohm,Z''/ohm", 1),
        ("Frequency (Hz),Zreal (mohm),Zimag (mohm)", 1e-3),
        ("Freq(Hz),Z'(a),Z''(b)", 1),
        ("frequency_hz,z_real_ohm,z_imag_ohm", 1),
        ("freq [Hz],Re Z [k\N{GREEK CAPITAL LETTER OMEGA}],Im Z [k\N{GREEK CAPITAL LETTER OMEGA}]", 1e3),
        ("Freq/Hz,Z\N{PRIME}/ohm,Z\N{DOUBLE PRIME}/ohm", 1),
    ],
)
def test_heads_are_understood(tmp_path: Path, heads: str, factor: float) -> None:
    found = read(tmp_path, f"{heads}\n" + rows(",", FREQUENCY, Z.real / factor, Z.imag / factor))
    is_ours(found, "text")


def test_minus_in_the_head_turns_the_sign_and_so_does_the_option(tmp_path: Path) -> None:
    is_ours(read(tmp_path, "f/Hz;Z'/ohm;-Z''/ohm\n" + rows(";", FREQUENCY, Z.real, -Z.imag).replace(".", ",")), "text")
    is_ours(read(tmp_path, "f/Hz,Z'/ohm,Z''/ohm\n" + rows(",", FREQUENCY, Z.real, -Z.imag), minus_imaginary=True), "text")


def test_frequencies_in_millihertz_are_not_megahertz() -> None:
    assert find_columns(["f/mHz", "Z'/ohm", "Z''/ohm"]).frequency.factor == 1e-3
    assert find_columns(["f/MHz", "Z'/ohm", "Z''/ohm"]).frequency.factor == 1e6
    with pytest.raises(ColumnFault, match="the unit `furlong` is not known"):
        find_columns(["f/furlong", "Z'/ohm", "Z''/ohm"])


# ---- bad input, each with its line

HEAD = "f/Hz,Z'/ohm,Z''/ohm\n"


def test_each_bad_row_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    lines = (HEAD + rows(",", FREQUENCY, Z.real, Z.imag)).splitlines()
    lines[4] = "2511,nan,-0.001"
    lines[7] = "630.9,overload,-0.001"
    lines[9] = "251,0.01"
    lines[26] = lines[26][:4]
    found = read(tmp_path, "\n".join(lines))
    assert [(w.line, w.message) for w in found.warnings] == [
        (5, "Z'/ohm is nan; this point is left out."),
        (8, 'Z\'/ohm: "overload" is not a number; this point is left out.'),
        (10, "the row is short: Z''/ohm is missing; this point is left out."),
        (27, "the file is cut off in this row: Z'/ohm is missing; this point is left out."),
    ]
    assert len(found.spectra[0].lines) == 22


def test_unsorted_and_doubled_frequencies_are_sorted_and_named(tmp_path: Path) -> None:
    order = [*range(10), 11, 10, *range(12, 26)]
    text = HEAD + rows(",", FREQUENCY[order], Z.real[order], Z.imag[order])
    found = read(tmp_path, text)
    is_ours(found, "text")
    assert [(w.line, w.message.split(" from")[0]) for w in found.warnings] == [(13, "the frequency rises")]
    order = [*range(10), 9, *range(10, 26)]
    found = read(tmp_path, HEAD + rows(",", FREQUENCY[order], Z.real[order], Z.imag[order]))
    is_ours(found, "text")
    assert [(w.line, w.message) for w in found.warnings] == [(12, "158.489 Hz stands twice, first in line 11; the first was kept.")]


def test_several_sweeps_are_several_spectra(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + rows(",", FREQUENCY, Z.real, Z.imag) * 3)
    assert [len(s.lines) for s in found.spectra] == [26, 26, 26]
    assert found.warnings == ()


def test_a_turned_sign_is_told_by_the_modulus_alone(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + rows(",", FREQUENCY, Z.real, -Z.imag))
    assert ["the sign of Z'' is turned" in w.message for w in found.warnings] == [True]
    assert "--minus-imaginary" in found.warnings[0].hint


@pytest.mark.parametrize(
    ("head", "scale", "words"),
    [
        ("phase/deg", 180 / np.pi, ""),
        ("phase/rad", 1.0, ""),
        ("phase/deg", 1.0, "its numbers are radians, and were read so"),
        ("phase/rad", 180 / np.pi, "its numbers are degrees, and were read so"),
        ("phase", 180 / np.pi, "were read as degrees"),
        ("phase", 1.0, "were read as radians"),
    ],
)
def test_degrees_and_radians_are_told_apart_by_the_modulus(tmp_path: Path, head: str, scale: float, words: str) -> None:
    found = read(tmp_path, f"f/Hz,|Z|/ohm,{head}\n" + rows(",", FREQUENCY, np.abs(Z), np.angle(Z) * scale))
    is_ours(found, "text")
    assert all(words in w.message for w in found.warnings)
    assert len(found.warnings) == bool(words)


def test_a_phase_column_beside_the_parts_is_compared(tmp_path: Path) -> None:
    heads = "f/Hz,Z'/ohm,Z''/ohm,phase/deg\n"
    radians = read(tmp_path, heads + rows(",", FREQUENCY, Z.real, Z.imag, np.angle(Z)))
    opposite = read(tmp_path, heads + rows(",", FREQUENCY, Z.real, Z.imag, -np.degrees(np.angle(Z))))
    assert "says degrees but holds radians" in radians.warnings[0].message
    assert "opposite signs" in opposite.warnings[0].message
    assert read(tmp_path, heads + rows(",", FREQUENCY, Z.real, Z.imag, np.degrees(np.angle(Z)))).warnings == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a.txt  the file is empty."),
        ("hello\n", "a.txt  there is no row of at least three numbers."),
        (HEAD, "there is no row of at least three numbers"),
        (HEAD + "1,2,3\n2,3,4\n", "a.txt:2  a.txt has 2 usable points; 5 at least were expected."),
        ("f/Hz,Z'/ohm,U/V\n" + "1,2,3\n" * 9, "a.txt:1  the head names a frequency but no Z''"),
        ("EXPLAIN\nTAG\tEISPOT\nOCVCURVE\tTABLE\t3\n", "there is no table ZCURVE; its tables are: OCVCURVE."),
        ("EC-Lab ASCII FILE\nNb header lines : 61\n", "the file ends in its head"),
        ("ZPLOT2 ASCII\n  Date: 1\n", "there is no line `End Comments`"),
    ],
)
def test_a_file_that_cannot_be_judged_says_why(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(tmp_path, text)


def test_no_file_a_folder_and_a_binary_are_told(tmp_path: Path) -> None:
    (tmp_path / "b.dat").write_bytes(b"\x01\x00\x02" * 100)
    for path, words in ((tmp_path / "none", "no such file"), (tmp_path, "this is a folder"), (tmp_path / "b.dat", "binary file of no format")):
        with pytest.raises(DataError, match=words):
            read_spectra(path)


def test_a_gamry_file_cut_anywhere_never_ends_in_a_traceback(tmp_path: Path) -> None:
    head = "EXPLAIN\nTAG\tEISPOT\nZCURVE\tTABLE\n\tPt\tTime\tFreq\tZreal\tZimag\tZphz\n\t#\ts\tHz\tohm\tohm\tdeg\n"
    text = head + "".join(f"\t{k}\t{k}\t{f:.6g}\t{z.real:.6g}\t{z.imag:.6g}\t{np.degrees(np.angle(z)):.4g}\n" for k, (f, z) in enumerate(zip(FREQUENCY, Z, strict=True)))  # noqa: E501
    whole = 0
    for cut in itertools.chain(range(8, len(text), 37), [len(text)]):
        try:
            whole += len(read(tmp_path, text[:cut], "cut.DTA").spectra)
        except DataError:
            continue
    assert whole > 10


def test_the_turn_of_a_phase_is_one_for_radians_and_unknown_for_a_resistor() -> None:
    found = turn(FREQUENCY, np.abs(Z), np.angle(Z))
    assert found is not None
    assert 0.7 < found < 1.4
    assert turn(FREQUENCY, np.ones(26), np.zeros(26)) is None
