/** Words of the console's pages about customers: who they are, and how they are found. */
export const consoleCustomersEn = {
  customerSearch: 'Name, e-mail, phone, id or order number',
  noCustomers: 'Nobody is found by that. Of an order the whole number is needed.',
  userName: 'User name',
  email: 'E-mail',
  phone: 'Phone',
  registered: 'Registered',
  lastLogin: 'Last login',
  id: 'Id',
  customerHidden: 'Your permissions do not cover anything of this customer.',
  'userStatus.active': 'Active',
  'userStatus.inactive': 'Inactive',
  'userStatus.suspended': 'Suspended',
  'userStatus.deleted': 'Deleted',
};

export const consoleCustomersZh: Record<keyof typeof consoleCustomersEn, string> = {
  customerSearch: '用户名、邮箱、电话、ID 或订单号',
  noCustomers: '没有找到客户。按订单查找时须输入完整订单号。',
  userName: '用户名',
  email: '邮箱',
  phone: '电话',
  registered: '注册时间',
  lastLogin: '最近登录',
  id: 'ID',
  customerHidden: '您的权限不包含该客户的任何信息。',
  'userStatus.active': '正常',
  'userStatus.inactive': '未启用',
  'userStatus.suspended': '已停用',
  'userStatus.deleted': '已删除',
};
