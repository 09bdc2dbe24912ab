/** The tags of a page that say how it is to be shown. */
export interface TiffTags {
  readonly width: number;
  readonly height: number;
  readonly t274?: unknown;
  readonly t282?: unknown;
  readonly t283?: unknown;
}

export interface TiffLayout {
  /** Clockwise, by which the page is put upright. */
  readonly quarters: number;
  /** The sides of the upright page, in any unit. */
  readonly width: number;
  readonly height: number;
}

/** How a page is shown: turned as its tag says, and with its pixels as high as wide, which those of fax machines are not. */
export function layOut(page: TiffTags): TiffLayout {
  const [across, down] = [firstOf(page.t282), firstOf(page.t283)];
  const ratio = across > 0 && down > 0 && across / down < 4 && down / across < 4 ? across / down : 1;
  const [width, height] = ratio >= 1 ? [page.width, page.height * ratio] : [page.width / ratio, page.height];
  const quarters = ({ 3: 2, 6: 1, 8: 3 } as Readonly<Record<number, number>>)[firstOf(page.t274)] ?? 0;
  return quarters % 2 === 0 ? { quarters, width, height } : { quarters, width: height, height: width };
}

function firstOf(tag: unknown): number {
  const first = (tag as ArrayLike<number | readonly [number, number]> | undefined)?.[0] ?? 0;
  return typeof first === 'number' ? first : first[0] / first[1];
}
