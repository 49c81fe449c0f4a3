// Signing in with the network, choosing a PIN, and opening by PIN without it.

import { Problem } from "../api";
import { button, h, note } from "../dom";
import * as session from "../session";
import * as store from "../store";
import { pinFault, TRIES } from "../vault";

function brand(): HTMLElement {
  return h("p", { class: "brand" }, "一扇门 · 网格");
}

function field(label: string, props: Record<string, unknown>): [HTMLElement, HTMLInputElement] {
  const input = h("input", { autocapitalize: "off", autocomplete: "off", spellcheck: "false", ...props });
  return [h("div", { class: "field" }, h("label", { for: props.id }, label), input), input];
}

/** Shows what has been typed, until it is pressed again. */
function shower(password: HTMLInputElement): HTMLElement {
  const node = button("显示密码", "link", () => {
    const shown = password.type === "password";
    password.type = shown ? "text" : "password";
    node.textContent = shown ? "隐藏密码" : "显示密码";
  });
  return node;
}

function form(act: (said: HTMLElement, main: HTMLButtonElement) => Promise<void>, label: string, ...parts: (Node | null)[]): HTMLElement {
  const said = h("div", { role: "alert" });
  const main = h("button", { type: "submit", class: "main" }, label);
  const node = h("form", { class: "form narrow", novalidate: true }, ...parts, said, main);
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    main.disabled = true;
    said.replaceChildren();
    act(said, main)
      .catch((error: unknown) => said.replaceChildren(h("p", { class: "fault" }, error instanceof Error ? error.message : "没有成功，请再试一次。")))
      .finally(() => (main.disabled = false));
  });
  return node;
}

/** With the network. `why` is told above it; `keepsPin`: who is in already goes on with the PIN that he has. */
export async function signInPage(why: string, keepsPin: boolean, done: () => void): Promise<HTMLElement> {
  const lock = await store.thing<store.Lock>("lock");
  const [first, username] = field("用户名", { id: "username", name: "username", autocomplete: "username", value: lock?.owner ?? "" });
  const [second, password] = field("密码", { id: "password", name: "password", type: "password", autocomplete: "current-password" });
  second.append(shower(password));
  const [third, otp] = field("动态码（6位）", { id: "otp", name: "otp", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 8 });
  third.hidden = true;
  return form(
    async (said) => {
      if (!username.value.trim() || !password.value) throw new Error("请填写用户名和密码。");
      try {
        await session.signIn(username.value.trim(), password.value, otp.value.trim());
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== "mfa_required") throw error;
        third.hidden = false;
        otp.focus();
        said.replaceChildren(note(error.message));
        return;
      }
      password.value = otp.value = "";
      password.type = "password";
      if (keepsPin) await session.resume();
      done();
    },
    "登录",
    brand(),
    h("h1", {}, "登录"),
    why ? note(why, "note warn") : null,
    first,
    second,
    third,
    h("p", { class: "hint" }, "第一次登录要有信号。以后没有信号时，用 PIN 码打开。"),
  );
}

function pinInput(id: string, label: string): [HTMLElement, HTMLInputElement] {
  // shown as dots, kept by no browser, on the keyboard of digits
  return field(label, { id, name: id, type: "password", inputmode: "numeric", pattern: "[0-9]*", maxlength: 6, autocomplete: "off", class: "pin" });
}

export function choosePinPage(done: () => void): HTMLElement {
  const [first, pin] = pinInput("pin", "设一个6位数字的 PIN 码");
  const [second, again] = pinInput("pin-again", "再输一遍");
  return form(
    async () => {
      const fault = pinFault(pin.value);
      if (fault) throw new Error(fault);
      if (pin.value !== again.value) throw new Error("两次输入的不一样，请重新输入。");
      await session.choosePin(pin.value);
      done();
    },
    "确定",
    brand(),
    h("h1", {}, "设 PIN 码"),
    first,
    second,
    h("p", { class: "hint" }, `没有信号时用它打开。连续输错${TRIES}次，手机上存的内容会清除（没有发出去的除外），要有信号重新登录。`),
  );
}

export async function pinPage(done: () => void, signIn: (why: string) => void): Promise<HTMLElement> {
  const lock = await store.thing<store.Lock>("lock");
  const [first, pin] = pinInput("pin", "PIN 码");
  const left = TRIES - (lock?.tries ?? 0);
  const open = async (): Promise<void> => {
    if (!/^\d{6}$/.test(pin.value)) throw new Error("PIN 码是6位数字。");
    const tried = await session.enterPin(pin.value);
    pin.value = "";
    if (tried.how === "open") done();
    else if (tried.how === "wrong") throw new Error(`PIN 码不对，还可以试${tried.left}次。`);
    else signIn("PIN 码输错太多次，手机上存的内容已清除。没有发出去的还在，请用密码重新登录取回。");
  };
  const node = form(
    open,
    "打开",
    brand(),
    h("h1", {}, `${lock?.name ?? ""}，请输入 PIN 码`),
    left < TRIES ? note(`还可以试${Math.max(0, left)}次。`, "note warn") : null,
    first,
    button("忘了 PIN 码，或换人使用", "link", () => signIn("登录后重新设 PIN 码。没有发出去的内容都还在。")),
  );
  pin.addEventListener("input", () => {
    if (pin.value.length === 6) (node as HTMLFormElement).requestSubmit();
  });
  return node;
}
