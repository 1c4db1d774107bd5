import { expect, test } from 'vitest';
import { isId } from './ids.ts';

test('an id is told from what a person or the shop has written', () => {
  expect(isId('dsp_01m7zy563acxgfjtj0xq9hkrch')).toBe(true);
  expect(['game-1002', 'a late answer', 'wechat_pay', 'dsp_', ''].filter(isId)).toEqual([]);
});
