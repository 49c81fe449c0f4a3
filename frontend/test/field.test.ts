// The reckoning of the field app without a browser. Run by `tests/web/test_field_shell.py`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { dayFault, namelessFault, textFault } from "../src/field/checks.ts";
import { takeOrientation, upright } from "../src/field/exif.ts";
import { type Grid, isInside, liesIn } from "../src/field/geo.ts";
import * as sync from "../src/field/sync.ts";

const DAY = 86_400_000;
const known = (changes: Partial<sync.Progress> = {}): sync.Progress => ({ ...sync.NEW, ...changes });
const answer = (state: string, more: Partial<sync.Answer> = {}): sync.Answer => ({ id: "1", state, ...more });

test("batches hold at most twenty entries and 200 KB, lose nothing and keep the order", () => {
  const small = Array.from({ length: 45 }, (_, number) => ({ number }));
  assert.deepEqual(sync.batches(small).map((batch) => batch.length), [20, 20, 5]);
  assert.deepEqual(sync.batches(small).flat(), small);
  const large = ["大".repeat(40_000), "大".repeat(40_000), "小", "大".repeat(90_000)]; // 120, 120, 0, 270 KB as UTF-8
  assert.deepEqual(sync.batches(large).map((batch) => batch.length), [1, 2, 1]);
  assert.deepEqual(sync.batches([]), []);
});

test("an answer that says nothing certain changes nothing", () => {
  const before = known();
  for (const uncertain of [answer("refused", { code: "internal" }), answer("later"), answer("kept"), answer("draft")])
    assert.equal(sync.after(before, uncertain, 5), before);
  assert.equal(sync.after(before, answer("refused", { code: "invalid", detail: "不行", fields: { text: "不行" } }), 5).state, "refused");
});

test("what the centre has confirmed stays confirmed, whatever comes late", () => {
  const received = sync.after(known(), answer("received", { number: "N1" }), 5);
  assert.deepEqual([received.state, received.number, received.confirmed], ["received", "N1", 5]);
  assert.equal(sync.after(received, answer("refused", { code: "conflict" }), 9), received);
  assert.equal(sync.after(received, answer("received"), 9).confirmed, 5);
  assert.equal(sync.after(received, answer("received"), 9).number, "N1");
  const waits = sync.after(known(), answer("waiting", { needs: ["ab"] }), 5);
  assert.equal(sync.after(waits, answer("refused", { code: "invalid" }), 9).state, "refused", "carried out late and not accepted");
  assert.deepEqual(sync.after(waits, answer("received"), 9).needs, []);
});

test("mine tells the state and keeps the files that are still needed", () => {
  const waits = known({ state: "waiting", needs: ["ab"], confirmed: 5 });
  assert.deepEqual(sync.afterMine(waits, { state: "waiting", number: "" }, 9).needs, ["ab"]);
  assert.equal(sync.afterMine(waits, { state: "received", number: "N2" }, 9).number, "N2");
  assert.equal(sync.afterMine(known({ state: "asks", confirmed: 5 }), { state: "settled" }, 9).state, "settled");
  const draft = known({ state: "draft" });
  assert.equal(sync.afterMine(draft, { state: "received" }, 9), draft);
});

test("only what is confirmed, closed and old goes from the phone; where room is short the age does not matter", () => {
  for (const state of ["draft", "kept", "waiting", "asks", "refused"] as const)
    assert.equal(sync.mayTrim(known({ state, confirmed: 1 }), 400 * DAY, true), false, state);
  assert.equal(sync.mayTrim(known({ state: "received", confirmed: 0 }), 400 * DAY, true), false, "never without a confirmation");
  const received = known({ state: "received", confirmed: DAY });
  assert.equal(sync.mayTrim(received, 31 * DAY, false), false);
  assert.equal(sync.mayTrim(received, 31 * DAY + 1, false), true);
  assert.equal(sync.mayTrim(received, 2 * DAY, true), true);
});

test("pieces go on where the centre says, and end", () => {
  const cut: [number, number][] = [];
  for (let have = 0, piece; (piece = sync.nextPiece(have, 300_000, 262_144)); have = piece[1]) cut.push(piece);
  assert.deepEqual(cut, [[0, 131_072], [131_072, 262_144], [262_144, 300_000]]);
  assert.deepEqual(sync.nextPiece(299_999, 300_000, 262_144), [299_999, 300_000]);
  assert.equal(sync.nextPiece(300_000, 300_000, 262_144), null);
  assert.equal(sync.nextPiece(999_999, 300_000, 262_144), null);
  assert.deepEqual(sync.nextPiece(-5, 10, 4), [0, 4]);
});

test("waiting doubles up to five minutes and is spread", () => {
  assert.deepEqual([1, 2, 3].map((failures) => sync.backoff(failures, 1)), [2000, 4000, 8000]);
  assert.deepEqual([sync.backoff(1, 0), sync.backoff(60, 0), sync.backoff(60, 1)], [1000, 150_000, 300_000]);
});

test("the skew is the centre's time less the middle of the exchange; a slow one tells nothing", () => {
  const at = Date.parse("2026-11-28T08:00:00Z");
  assert.equal(sync.skew(at - 3_600_000 - 200, at - 3_600_000 + 200, "2026-11-28T16:00:00+08:00"), 3_600_000);
  assert.equal(sync.skew(at, at + 20_001, "2026-11-28T08:00:00Z"), null);
  assert.equal(sync.skew(at, at - 1, "2026-11-28T08:00:00Z"), null, "the clock was set meanwhile");
  assert.equal(sync.skew(at, at, "nonsense"), null);
});

test("the one line says the worst first", () => {
  const counts = (...states: sync.State[]): sync.Counts => sync.count(states);
  assert.equal(sync.summary(counts("received", "settled", "asks", "draft"), false, true), "全部已收到");
  assert.equal(sync.summary(counts("kept", "kept"), false, false), "本机保存2条，有信号时自动发送");
  assert.equal(sync.summary(counts("kept", "waiting"), true, true), "正在发送，还有2条");
  assert.equal(sync.summary(counts("kept", "refused"), true, true), "1条需要您处理");
});

const square = (west: number, south: number, wide: number): number[][] => [
  [west, south], [west + wide, south], [west + wide, south + wide], [west, south + wide], [west, south],
];
const grid = (code: string, rings: number[][][], below?: boolean): Grid => ({ code, name: code, level_name: "", shape: { type: "Polygon", coordinates: rings }, below });

test("a point lies in the smallest own grid; holes and neighbours are not own", () => {
  const own = grid("own", [square(0, 0, 10), square(6, 6, 2)]);
  const micro = grid("micro", [square(1, 1, 2)], true);
  const beside = grid("beside", [square(10, 0, 10)]);
  const lies = (lon: number, lat: number): unknown[] => {
    const found = liesIn(lon, lat, own, [beside, micro]);
    return [found.grid?.code ?? null, found.own];
  };
  assert.deepEqual(lies(2, 2), ["micro", true]);
  assert.deepEqual(lies(5, 5), ["own", true]);
  assert.deepEqual(lies(7, 7), [null, false]);
  assert.deepEqual(lies(15, 5), ["beside", false]);
  assert.deepEqual(liesIn(5, 5, { ...own, shape: null }, [beside]), { grid: null, own: null });
  const both = { type: "MultiPolygon" as const, coordinates: [[square(0, 0, 1)], [square(5, 5, 1)]] };
  assert.ok(isInside(5.5, 5.5, both) && !isInside(3, 3, both));
});

function jpeg(orientation: number, little: boolean): Uint8Array {
  const exif = little
    ? [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
    : [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...exif];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xe1, 0, body.length + 2, ...body, 0xff, 0xda, 0, 2]);
}

test("the orientation is read in either byte order and taken out; nonsense is left alone", () => {
  for (const little of [true, false]) {
    const bytes = jpeg(6, little);
    assert.equal(takeOrientation(bytes), 6);
    assert.equal(takeOrientation(bytes), 1, "taken out");
  }
  assert.equal(takeOrientation(jpeg(9, true)), 1);
  assert.equal(takeOrientation(Uint8Array.from([1, 2, 3])), 1);
  const cut = jpeg(6, true);
  for (let length = 0; length < cut.length - 4; length++) takeOrientation(cut.slice(0, length)); // never beyond the end
});

test("each orientation puts the corners where they belong", () => {
  // where the first point of the stored picture comes to lie, in a picture of 4 by 3
  const corner = [[0, 0], [4, 0], [4, 3], [0, 3], [0, 0], [3, 0], [3, 4], [0, 4]];
  corner.forEach(([x, y], at) => {
    const { matrix, width, height } = upright(at + 1, 4, 3);
    assert.deepEqual([matrix[4], matrix[5]], [x, y], `orientation ${at + 1}`);
    assert.deepEqual([width, height], at >= 4 ? [3, 4] : [4, 3]);
  });
});

test("the phone's sentences are the centre's", () => {
  assert.equal(textFault("", "情况", 5, true), "请填写情况。");
  assert.equal(textFault("一二三四五六", "情况", 5, true), "情况最多5个字，现在有6个字，请精简。");
  assert.equal(textFault("𠮷𠮷𠮷𠮷𠮷", "情况", 5, true), "", "by code points");
  assert.match(namelessFault("打138 1234-5678", "情况", 50, true), /手机号码/);
  assert.match(namelessFault("11010119900307774X", "情况", 50, true), /身份证号/);
  assert.equal(namelessFault("总机 0900-6612345，编号990101261128000021", "情况", 50, true).includes("手机"), false);
  assert.equal(dayFault("2026-11-28", "走访日期", "2026-11-28", 90), "");
  assert.equal(dayFault("2026-11-29", "走访日期", "2026-11-28", 90), "走访日期应在过去90天之内。");
  assert.equal(dayFault("2026-08-30", "走访日期", "2026-11-28", 90), "走访日期应在过去90天之内。");
  assert.equal(dayFault("2026-08-31", "走访日期", "2026-11-28", 90), "");
});
