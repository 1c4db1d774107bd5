/** The page of the simulated bank: transfers to the shop, and its statement. */

const form = document.querySelector('#form');
const outcome = document.querySelector('#outcome');
const list = document.querySelector('#transfers');
const given = new URLSearchParams(location.search);

for (const name of ['code', 'amount', 'currency']) {
  const value = given.get(name);
  if (value) {
    form.elements[name].value = value;
  }
}

async function ask(method, path, body) {
  const answer = await fetch(`/control/bank${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const told = await answer.json();
  if (!answer.ok) {
    throw new Error(told.message);
  }
  return told;
}

async function show() {
  const transfers = await ask('GET', '/transfers');
  list.replaceChildren(
    ...transfers.reverse().map(({ bookedOn, decimal, currency, text }) => {
      const item = document.createElement('li');
      item.textContent = `${bookedOn} ${decimal} ${currency} ${text}`;
      return item;
    }),
  );
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    await ask('POST', '/pay', Object.fromEntries(new FormData(form)));
    outcome.textContent = 'Transferred · 已转账';
    await show();
  } catch (error) {
    outcome.textContent = error.message;
  }
});

for (const button of document.querySelectorAll('[data-format]')) {
  button.addEventListener('click', async () => {
    const { csv } = await ask('GET', `/statement?format=${button.dataset.format}`);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
    link.download = `statement-${button.dataset.format}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

await show();
