/** SHELL: the two patterns of the coverage map, drawn here so that no picture is fetched. */

const PATTERN_PX = 12;

function drawn(draw: (pen: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = PATTERN_PX;
  const pen = canvas.getContext('2d');
  if (!pen) return new ImageData(PATTERN_PX, PATTERN_PX);
  draw(pen);
  return pen.getImageData(0, 0, PATTERN_PX, PATTERN_PX);
}

/** Nothing is known. */
export function hatching(colour: string): ImageData {
  return drawn((pen) => {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.4;
    for (const shift of [-PATTERN_PX, 0, PATTERN_PX]) {
      pen.beginPath();
      pen.moveTo(shift, PATTERN_PX);
      pen.lineTo(shift + PATTERN_PX, 0);
      pen.stroke();
    }
  });
}

/** Known, and not told. */
export function dots(colour: string): ImageData {
  return drawn((pen) => {
    pen.fillStyle = colour;
    for (const [x, y] of [
      [3, 3],
      [9, 9],
    ] as const) {
      pen.beginPath();
      pen.arc(x, y, 1.3, 0, 2 * Math.PI);
      pen.fill();
    }
  });
}
