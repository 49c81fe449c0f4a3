// Recording a voice, small enough for a bad line.

const KINDS: [string, string][] = [
  ["audio/webm;codecs=opus", ".webm"],
  ["audio/ogg;codecs=opus", ".ogg"],
  ["audio/mp4", ".m4a"],
];
export const LONGEST = 180; // seconds

export interface Recording {
  /** stops and gives what was said; null when nothing was */
  stop(): Promise<{ bytes: ArrayBuffer; name: string } | null>;
}

export function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && !!navigator.mediaDevices?.getUserMedia && kind() !== undefined;
}

function kind(): [string, string] | undefined {
  return KINDS.find(([type]) => MediaRecorder.isTypeSupported(type));
}

export async function record(): Promise<Recording> {
  const [type, suffix] = kind()!;
  let heard: MediaStream;
  try {
    heard = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } });
  } catch {
    throw new Error("没有录音权限或没有话筒。请在手机设置里允许录音，或者打字说明。");
  }
  const recorder = new MediaRecorder(heard, { mimeType: type, audioBitsPerSecond: 24_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = (event) => {
    if (event.data.size) parts.push(event.data);
  };
  const ended = new Promise<void>((done) => (recorder.onstop = () => done()));
  recorder.start(1000);
  return {
    async stop() {
      if (recorder.state !== "inactive") recorder.stop();
      await ended;
      heard.getTracks().forEach((track) => track.stop());
      const blob = new Blob(parts, { type });
      return blob.size ? { bytes: await blob.arrayBuffer(), name: `录音${suffix}` } : null;
    },
  };
}
