// Copies the price of each user's plan from the table of plans, read through the host.
import { createInterface } from 'node:readline'

const say = (message) => process.stdout.write(JSON.stringify(message) + '\n')
const items = new Map()

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line)
  if (message.type === 'item') {
    const { id, item } = message
    if (!item.plan || item.price) { say({ id }); continue }
    items.set(id, item)
    say({ type: 'get', id, table: 'plans', key: { plan: item.plan } })
  } else if (message.type === 'got') {
    const { id, item } = message
    say(item ? { id, after: { ...items.get(id), price: item.price } } : { id, error: 'its plan is unknown' })
    items.delete(id)
  }
}
