// What can be told on the phone already, in the sentences of the centre's rules (`rules/nameless.py`, `identity.py`,
// `household.py`, `places.py`). The centre judges again: this only saves a way.

const BETWEEN = /(\d)[ \t\u00a0\u3000-]+(?=[\dXx])/g;
const ID_NUMBER = /(^|\D)\d{17}[\dXx](?!\d)/;
const MOBILE = /(^|\D)1[3-9]\d{9}(?!\d)/;
const DAY = 86_400_000;

export function textFault(text: string, label: string, most: number, required: boolean): string {
  const words = text.trim();
  if (!words) return required ? `请填写${label}。` : "";
  const length = [...words].length;
  return length > most ? `${label}最多${most}个字，现在有${length}个字，请精简。` : "";
}

/** Texts that hold nobody's identity. */
export function namelessFault(text: string, label: string, most: number, required: boolean): string {
  const fault = textFault(text, label, most, required);
  if (fault) return fault;
  const joined = text.replace(BETWEEN, "$1");
  if (ID_NUMBER.test(text) || ID_NUMBER.test(joined)) return `${label}里不写身份证号，请删去；需要记当事人的，请登记为事项。`;
  if (MOBILE.test(text) || MOBILE.test(joined)) return `${label}里不写手机号码，请删去；需要记当事人的，请登记为事项。`;
  return "";
}

export function dayFault(day: string, label: string, today: string, back: number): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return `请填写${label}，如 2026-03-01。`;
  const days = (Date.parse(today) - Date.parse(day)) / DAY;
  return days < 0 || days >= back ? `${label}应在过去${back}天之内。` : "";
}
