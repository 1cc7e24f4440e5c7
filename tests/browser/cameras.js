// Runs before every page of the pictures: a drawn person sits before the camera, sways and
// blinks; only who is told to speak makes a sound; the shared screen is a page of a plan.
(() => {
  const drawing = __DRAWING__;
  const speaks = __SPEAKS__;
  const FRAMES = 10;
  const PER_SECOND = 8;
  // Small where many are sent at once.
  const WIDTH = __WIDTH__;
  const HEIGHT = (WIDTH * 9) / 16;

  async function frame(turn, blinks) {
    const picture = new DOMParser().parseFromString(drawing, "image/svg+xml");
    picture.documentElement.setAttribute("width", WIDTH);
    picture.documentElement.setAttribute("height", HEIGHT);
    for (const head of picture.querySelectorAll('[transform$="640 480)"]')) {
      const [degrees] = head.getAttribute("transform").match(/-?\d+/);
      head.setAttribute("transform", `rotate(${Number(degrees) + turn} 640 480)`);
    }
    if (blinks) {
      for (const eye of picture.querySelectorAll('ellipse[rx="10"][ry="12"]')) {
        eye.setAttribute("ry", 2);
      }
    }
    const image = new Image();
    const text = new XMLSerializer().serializeToString(picture);
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await image.decode();
    return createImageBitmap(image, { resizeWidth: WIDTH, resizeHeight: HEIGHT });
  }

  async function camera() {
    const turns = [...Array(FRAMES).keys()].map((n) => 2 * Math.sin((2 * Math.PI * n) / FRAMES));
    const frames = await Promise.all(turns.map((turn) => frame(turn, false)));
    const blink = await frame(turns[3], true);
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const pen = canvas.getContext("2d");
    let count = 0;
    const draw = () => {
      const shut = count % 40 === 3;
      pen.drawImage(shut ? blink : frames[count % FRAMES], 0, 0);
      count += 1;
    };
    draw();
    setInterval(draw, 1000 / PER_SECOND);
    return canvas.captureStream(PER_SECOND).getVideoTracks()[0];
  }

  function microphone() {
    const sound = new AudioContext();
    const out = sound.createMediaStreamDestination();
    if (speaks) {
      const voice = sound.createOscillator();
      const loudness = sound.createGain();
      voice.frequency.value = 220;
      loudness.gain.value = 0.4;
      voice.connect(loudness).connect(out);
      voice.start();
    }
    return out.stream.getAudioTracks()[0];
  }

  function plan() {
    const canvas = document.createElement("canvas");
    canvas.width = 1280;
    canvas.height = 720;
    const pen = canvas.getContext("2d");
    const rows = ["Saturday, the allotment", "Two beds of beans", "One of squash", "Tea at four"];
    const draw = () => {
      pen.fillStyle = "#fbfaf4";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = "#12201c";
      pen.font = "bold 54px sans-serif";
      pen.fillText(rows[0], 90, 130);
      pen.font = "34px sans-serif";
      rows.slice(1).forEach((row, n) => {
        pen.fillStyle = "#0b6b56";
        pen.fillRect(90, 200 + n * 80, 18, 18);
        pen.fillStyle = "#12201c";
        pen.fillText(row, 130, 220 + n * 80);
      });
      pen.strokeStyle = "#475852";
      pen.lineWidth = 4;
      ["#cfe3d2", "#f2dfb5", "#e8c9b8"].forEach((colour, n) => {
        pen.fillStyle = colour;
        pen.fillRect(640 + n * 190, 190, 160, 400);
        pen.strokeRect(640 + n * 190, 190, 160, 400);
      });
    };
    draw();
    setInterval(draw, 500);
    return canvas.captureStream(4);
  }

  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const real = await open(wanted);
    for (const track of real.getTracks()) track.stop();
    const drawn = [];
    if (wanted.audio) drawn.push(microphone());
    if (wanted.video) drawn.push(await camera());
    return new MediaStream(drawn);
  };
  const labels = {
    "Fake Default Audio Input": "Built-in microphone",
    "Fake Audio Input 1": "Headset",
    "Fake Audio Input 2": "Line in",
    "Fake Default Audio Output": "Built-in speaker",
    "Fake Audio Output 1": "Headset",
    "Fake Audio Output 2": "Line out",
    fake_device_0: "Built-in camera",
  };
  const list = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () =>
    (await list()).map(({ deviceId, groupId, kind, label }) => ({
      deviceId,
      groupId,
      kind,
      label: labels[label] ?? label,
    }));
  devices.getDisplayMedia = async () => plan();
})();
