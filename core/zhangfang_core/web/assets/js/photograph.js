// Looks at a photograph of paper before it is sent: too dark, or too blurred to read. Where the browser cannot open the
// picture, or takes too long over it, nothing is said of it.

const SIDE = 1000;
const TILES = 8;
const PATIENCE_MS = 2500;
// Paper in the dimmest usable light stays above; 216 to 255 in ordinary photographs, about 50 in unreadable ones.
const DARKEST_PAPER = 80;
// Change from one pixel to the next against the contrast of the place: 1.1 and more where small print is sharp, 0.3 where it can
// just be read, below 0.2 where it cannot.
const DULLEST_PRINT = 0.22;

/** "dark", "blurred", or null. */
export async function fault(file) {
  if (!file.type.startsWith("image/")) return null;
  const late = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  return Promise.race([judge(file).catch(() => null), late]);
}

async function judge(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const width = Math.round(picture.width * scale);
  const height = Math.round(picture.height * scale);
  if (width < 4 * TILES || height < 4 * TILES) return null;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  const light = lightOf(context.getImageData(0, 0, width, height).data);
  if (percentile(Array.from(light), 0.9) < DARKEST_PAPER) return "dark";
  return sharpness(light, width, height) < DULLEST_PRINT ? "blurred" : null;
}

function lightOf(pixels) {
  const light = new Uint8Array(pixels.length / 4);
  for (let n = 0; n < light.length; n += 1) {
    light[n] = 0.299 * pixels[4 * n] + 0.587 * pixels[4 * n + 1] + 0.114 * pixels[4 * n + 2];
  }
  return light;
}

function percentile(values, share) {
  return values.sort((a, b) => a - b)[Math.floor(values.length * share)];
}

/** That of the sharper quarter of the picture's tiles: a table around the paper, or an empty half of it, counts for nothing. */
function sharpness(light, width, height) {
  const found = [];
  for (let row = 0; row < TILES; row += 1) {
    for (let column = 0; column < TILES; column += 1) {
      const change = spread();
      const contrast = spread();
      const bottom = Math.min(Math.floor(((row + 1) * height) / TILES), height - 1);
      const right = Math.min(Math.floor(((column + 1) * width) / TILES), width - 1);
      for (let y = Math.max(1, Math.floor((row * height) / TILES)); y < bottom; y += 1) {
        for (let x = Math.max(1, Math.floor((column * width) / TILES)); x < right; x += 1) {
          const at = y * width + x;
          change.add(4 * light[at] - light[at - 1] - light[at + 1] - light[at - width] - light[at + width]);
          contrast.add(light[at]);
        }
      }
      found.push(change.value() / (contrast.value() + 4));
    }
  }
  return percentile(found, 0.75);
}

/** The standard deviation of what was added. */
function spread() {
  let count = 0;
  let sum = 0;
  let squares = 0;
  return {
    add(value) {
      count += 1;
      sum += value;
      squares += value * value;
    },
    value: () => (count ? Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) : 0),
  };
}
