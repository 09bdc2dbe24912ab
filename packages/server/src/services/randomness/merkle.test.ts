import { describe, expect, it } from 'vitest';
import { buildDayTree, canonicalLeaf, compareLeaves, leadsToRoot, leafHash, packHashes } from './merkle.ts';

const vector = [
  `alpha:0:0|${'a'.repeat(64)}|alpha|1716566400000`,
  `alpha:0:1|${'a'.repeat(64)}|alpha|1716566401000`,
  `beta:0:0|${'b'.repeat(64)}|beta|1716566402000`,
];

describe('the tree of a day', () => {
  it('is that of vector 27', () => {
    const leaves = vector.map(leafHash);
    expect(leaves).toEqual([
      'f290628ec04c63a6acec875cf139e71f983c9af67fd39655eba470db78625261',
      'c76a5a780a629749c6337f21efa41aef0b67ed52cb946714eaf2f75837303800',
      '3d34bd2e9252ec4df41a629126c159129d2f245d366be3441c10e3f530485501',
    ]);
    const tree = buildDayTree(leaves);
    expect(tree.treeHeight).toBe(2);
    expect(tree.root).toBe('ce24743aad001df5ab076500ed015dd1f798ed4dfabebd6fb45376d5d4173f57');
    expect(tree.siblings(0)).toEqual([
      { position: 'right', hash: leaves[1] },
      { position: 'right', hash: '15ce639d30888b02155e79d709e838cbdbb8c995baf47af23b847d687db24188' },
    ]);
    expect(tree.siblings(2)).toEqual([
      { position: 'right', hash: leaves[2] },
      { position: 'left', hash: 'f74fdcdb8dc7d43dec149946d7a2f62a97efc8265bda633a21a780c2fe8d5d3c' },
    ]);
  });

  it('of an empty day has an empty root', () => {
    expect(buildDayTree([])).toMatchObject({ leafCount: 0, root: '', treeHeight: 0 });
    expect(() => buildDayTree([]).siblings(0)).toThrow(RangeError);
  });

  it('of one leaf is the leaf', () => {
    const leaf = leafHash('only');
    expect(buildDayTree([leaf])).toMatchObject({ leafCount: 1, root: leaf, treeHeight: 0 });
    expect(buildDayTree([leaf]).siblings(0)).toEqual([]);
  });

  it('leads from every leaf to the root, at every size up to 40, and from no other leaf', () => {
    for (let size = 1; size <= 40; size++) {
      const leaves = Array.from({ length: size }, (_, i) => leafHash(`leaf ${i}`));
      const tree = buildDayTree(leaves);
      expect(tree.treeHeight).toBe(Math.ceil(Math.log2(size)));
      for (const [index, leaf] of leaves.entries()) {
        const siblings = tree.siblings(index);
        expect(siblings).toHaveLength(tree.treeHeight);
        expect(leadsToRoot(leaf, siblings, tree.root)).toBe(true);
        expect(leadsToRoot(leafHash('other'), siblings, tree.root)).toBe(false);
      }
    }
  });

  it('is the same from packed hashes, and holds 100,000 leaves', () => {
    const leaves = Array.from({ length: 100_000 }, (_, i) => leafHash(`leaf ${i}`));
    const tree = buildDayTree(packHashes(leaves));
    expect(tree.root).toBe(buildDayTree(leaves).root);
    expect(tree.treeHeight).toBe(17);
    expect(leadsToRoot(leaves[77_777] ?? '', tree.siblings(77_777), tree.root)).toBe(true);
  });
});

describe('the leaves', () => {
  const record = {
    clientSeed: 'alpha',
    cursor: 0,
    nonce: 1,
    shortId: 'aaaa',
    serverHash: 'a'.repeat(64),
    created: 1716566401000,
  };

  it('are written as the specification says', () => {
    expect(canonicalLeaf(record)).toBe(vector[1]);
  });

  it('stand in the order of UTF-8 bytes, then cursor, nonce and short id', () => {
    const seeds = ['', 'Z', 'a', 'aa', 'b', 'é', '\uE000', '\uFFFD', '𐀀', '💧', '💧a'];
    const ordered = seeds.flatMap((clientSeed) =>
      [2, 10].flatMap((cursor) =>
        [3, 20].flatMap((nonce) =>
          ['A', 'a', 'ab'].map((shortId) => ({ ...record, clientSeed, cursor, nonce, shortId })),
        ),
      ),
    );
    expect(ordered.toReversed().sort(compareLeaves)).toEqual(ordered);
    for (const a of seeds) {
      for (const b of seeds) {
        const order = compareLeaves({ ...record, clientSeed: a }, { ...record, clientSeed: b });
        expect(Math.sign(order)).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }
    }
  });
});
