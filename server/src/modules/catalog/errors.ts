import { defineError } from '../../kernel/errors.ts';

export const productNotFound = defineError({
  code: 'product_not_found',
  status: 404,
  message: { en: 'There is no such product.', zh: '商品不存在。' },
});

export const variantNotFound = defineError({
  code: 'variant_not_found',
  status: 404,
  message: { en: 'There is no such variant.', zh: '商品规格不存在。' },
});

export const variantRequired = defineError({
  code: 'variant_required',
  status: 422,
  message: { en: 'This product has several variants; choose one.', zh: '该商品有多个规格，请选择其中一个。' },
});

export const slugTaken = defineError({
  code: 'slug_taken',
  status: 409,
  message: { en: 'Another product has this slug.', zh: '该 slug 已被其他商品使用。' },
});

export const skuTaken = defineError({
  code: 'sku_taken',
  status: 409,
  message: { en: 'Another variant has this SKU.', zh: '该 SKU 已被其他规格使用。' },
});

export const optionsTaken = defineError({
  code: 'options_taken',
  status: 409,
  message: {
    en: 'Another variant of this product has the same option values.',
    zh: '该商品已有相同选项的规格。',
  },
});

export const optionsMismatch = defineError({
  code: 'options_mismatch',
  status: 422,
  message: {
    en: 'Each variant needs one value for each option of the product.',
    zh: '每个规格必须为商品的每个选项提供一个值。',
  },
});

export const saleAbovePrice = defineError({
  code: 'sale_above_price',
  status: 422,
  message: { en: 'The sale price is above the price.', zh: '促销价高于原价。' },
});

export const lastActiveVariant = defineError({
  code: 'last_active_variant',
  status: 409,
  message: {
    en: 'An active product needs an active variant; deactivate or archive the product instead.',
    zh: '上架商品至少需要一个有效规格，请改为下架或归档商品。',
  },
});

export const unknownCurrency = defineError({
  code: 'unknown_currency',
  status: 422,
  message: { en: 'This currency is not known.', zh: '不支持该货币。' },
});

export const importColumnsMissing = defineError({
  code: 'import_columns_missing',
  status: 422,
  message: {
    en: 'The file lacks columns that are needed; nothing was imported.',
    zh: '文件缺少必需的列，未导入任何内容。',
  },
});

export const importUnreadable = defineError({
  code: 'import_unreadable',
  status: 422,
  message: {
    en: 'The file is not well-formed CSV in UTF-8; nothing was imported.',
    zh: '文件不是有效的 UTF-8 CSV，未导入任何内容。',
  },
});

export const importEmpty = defineError({
  code: 'import_empty',
  status: 422,
  message: { en: 'The file holds no products.', zh: '文件中没有商品。' },
});
