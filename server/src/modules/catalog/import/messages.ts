/** What the report of an import says about a line, in both languages. */
import type { LocalizedText } from '../../../kernel/errors.ts';

const text = (en: string, zh: string): LocalizedText => ({ en, zh });

export const messages = {
  noHandle: text('The line has no handle.', '该行没有 Handle。'),
  badHandle: text(
    'The handle may hold letters, digits, "-", "_" and "." only, at most 190 of them.',
    'Handle 只能包含字母、数字、"-"、"_" 和 "."，最多 190 个字符。',
  ),
  noTitle: text('The product has no title.', '商品没有标题。'),
  noPrice: text('The variant has no price.', '规格没有价格。'),
  tooManyCells: text(
    'The line has more cells than the header: a text with a comma in it needs quotes around it.',
    '该行的单元格多于表头：含逗号的文本需要用引号括起来。',
  ),
  nothing: text('The line names neither a variant nor an image.', '该行既没有规格也没有图片。'),
  noVariants: text('The product has no variant.', '商品没有规格。'),
  skippedWith: (line: number) =>
    text(`Not imported because line ${line} is wrong.`, `因第 ${line} 行有误，未导入。`),
  tooLong: (column: string, limit: number) =>
    text(`${column} is longer than ${limit} characters.`, `${column} 超过 ${limit} 个字符。`),
  tooMany: (what: string, limit: number) => text(`More than ${limit} ${what}.`, `${what} 超过 ${limit} 个。`),
  badAmount: (column: string, value: string, currency: string) =>
    text(
      `${column} "${value}" is no amount of ${currency}; write it like 1234.50, without symbols and separators.`,
      `${column} "${value}" 不是有效的 ${currency} 金额，请写成 1234.50 的形式，不带符号和分隔符。`,
    ),
  badNumber: (column: string, value: string) =>
    text(`${column} "${value}" is no number.`, `${column} "${value}" 不是数字。`),
  badFlag: (column: string, value: string) =>
    text(`${column} "${value}" is neither true nor false.`, `${column} "${value}" 不是 true 或 false。`),
  badStatus: (value: string) =>
    text(
      `Status "${value}" is not active, draft or archived.`,
      `Status "${value}" 不是 active、draft 或 archived。`,
    ),
  badPolicy: (value: string) =>
    text(
      `Inventory policy "${value}" is not deny or continue.`,
      `库存策略 "${value}" 不是 deny 或 continue。`,
    ),
  badUrl: (value: string) => text(`"${value}" is no http(s) address.`, `"${value}" 不是 http(s) 地址。`),
  noOptionValue: (name: string) =>
    text(`The variant has no value for the option ${name}.`, `规格缺少选项 ${name} 的值。`),
  noOptionName: (value: string) =>
    text(`The option value "${value}" belongs to no option.`, `选项值 "${value}" 没有对应的选项名称。`),
  sameOptions: (line: number) =>
    text(`Line ${line} has the same option values.`, `与第 ${line} 行的选项值相同。`),
  sameSku: (line: number) => text(`Line ${line} has the same SKU.`, `与第 ${line} 行的 SKU 相同。`),
  skuElsewhere: (sku: string, product: string) =>
    text(`The SKU ${sku} belongs to ${product}.`, `SKU ${sku} 已属于 ${product}。`),
  otherCurrency: (currency: string) =>
    text(
      `The product is priced in ${currency}; import it with that currency.`,
      `该商品以 ${currency} 定价，请使用该货币导入。`,
    ),
  negativeStock: (quantity: number) =>
    text(`A quantity of ${quantity} is recorded as 0.`, `数量 ${quantity} 记为 0。`),
  stockSet: text('The stock was set to what the file says.', '库存已按文件设置。'),
  statusMoved: (from: string, to: string) =>
    text(`The status moved from ${from} to ${to}.`, `状态从 ${from} 变为 ${to}。`),
  variantReactivated: text('The variant is sold again.', '规格重新上架。'),
  variantsRetired: (skus: readonly string[]) =>
    text(
      `Variants that the file no longer has were made inactive: ${skus.join(', ')}.`,
      `文件中不再包含的规格已停用：${skus.join(', ')}。`,
    ),
  skuMade: (sku: string) => text(`The SKU ${sku} was made from the options.`, `已根据选项生成 SKU ${sku}。`),
  ignoredColumns: (names: readonly string[]) =>
    text(`Columns that are not used: ${names.join(', ')}.`, `未使用的列：${names.join('、')}。`),
};
