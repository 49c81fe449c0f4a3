// Where an entry was made: asked once for the entry, never watched.

export interface Position {
  lon: number;
  lat: number;
  accuracy: number;
}

export function locate(): Promise<Position> {
  return new Promise((found, failed) => {
    if (!navigator.geolocation) {
      failed(new Error("这部手机不能定位，请在文字里写明地点。"));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        found({
          lon: Math.round(coords.longitude * 1e6) / 1e6,
          lat: Math.round(coords.latitude * 1e6) / 1e6,
          accuracy: Math.round(coords.accuracy),
        }),
      (error) =>
        failed(
          new Error(
            error.code === error.PERMISSION_DENIED
              ? "没有定位权限。请在手机设置里允许定位，或者写明地点。"
              : "还没有定到位置，可以再试一次，或者写明地点。",
          ),
        ),
      { enableHighAccuracy: true, timeout: 30_000, maximumAge: 30_000 },
    );
  });
}
