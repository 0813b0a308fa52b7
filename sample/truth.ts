import type { Category } from '../src/inventory/data-map.ts'
import type { SampleSystem } from './story.ts'

/** Whose data a collection holds: a scan that takes staff for customers would be as wrong as one that misses them. */
export type Whose = 'customer' | 'staff' | 'supplier' | 'nobody'

export interface TrueCollection {
  readonly of: Whose
  /** Every field; `none` and `generic-id` say nothing of a person by themselves. */
  readonly fields: Readonly<Record<string, Category>>
}

/** A way from rows to a customer which no foreign key tells. */
export interface TrueLink {
  readonly from: string
  readonly to: string
  readonly on: Readonly<Record<string, string>>
}

export interface SampleTruth {
  readonly systems: Readonly<Record<SampleSystem, Readonly<Record<string, TrueCollection>>>>
  /** Collections as `system/collection`. */
  readonly undeclaredLinks: readonly TrueLink[]
}

/** What a scan of the sample should find: the category of every field, and the links nobody declared. */
export const sampleTruth = (): SampleTruth => ({ systems: { shop, support, newsletter }, undeclaredLinks })

const shop: Readonly<Record<string, TrueCollection>> = {
  'public.customer': {
    of: 'customer',
    fields: {
      customer_id: 'generic-id',
      customer_number: 'customer-number',
      email: 'email',
      first_name: 'person-name',
      last_name: 'person-name',
      display_name: 'person-name',
      company_name: 'organisation',
      vat_number: 'tax-id',
      phone: 'phone',
      birth_date: 'birth-date',
      gender: 'gender',
      language: 'none',
      national_id: 'national-id',
      preferred_address_id: 'generic-id',
      household_id: 'generic-id',
      referred_by: 'generic-id',
      marketing_consent: 'none',
      preferences: 'free-text',
      created_at: 'none',
    },
  },
  'public.household': {
    of: 'customer',
    fields: { household_id: 'generic-id', label: 'person-name', phone: 'phone', created_at: 'none' },
  },
  'public.address': {
    of: 'customer',
    fields: {
      address_id: 'generic-id',
      customer_id: 'generic-id',
      kind: 'none',
      recipient: 'person-name',
      line1: 'postal-address',
      line2: 'postal-address',
      postcode: 'postcode',
      city: 'city',
      region: 'city',
      country: 'country',
      instructions: 'free-text',
      created_at: 'none',
    },
  },
  'public.order': {
    of: 'customer',
    fields: {
      order_id: 'generic-id',
      order_number: 'generic-id',
      customer_id: 'generic-id',
      status: 'none',
      ordered_at: 'none',
      delivery_address_id: 'generic-id',
      customer_note: 'free-text',
      ip: 'ip-address',
      user_agent: 'device-id',
      packed_by: 'generic-id',
      total: 'purchase',
    },
  },
  'public.order_item': {
    of: 'customer',
    fields: {
      order_id: 'generic-id',
      line_no: 'none',
      product_id: 'generic-id',
      quantity: 'none',
      unit_price: 'purchase',
      engraving: 'free-text',
    },
  },
  'public.gift': {
    of: 'customer',
    fields: {
      gift_id: 'generic-id',
      order_id: 'generic-id',
      line_no: 'none',
      giver_id: 'generic-id',
      receiver_id: 'generic-id',
      receiver_name: 'person-name',
      receiver_email: 'email',
      receiver_note: 'free-text',
    },
  },
  'public.invoice': {
    of: 'customer',
    fields: {
      invoice_id: 'generic-id',
      invoice_number: 'generic-id',
      order_id: 'generic-id',
      customer_id: 'generic-id',
      billing_name: 'person-name',
      billing_address: 'postal-address',
      billing_country: 'country',
      vat_number: 'tax-id',
      invoice_date: 'none',
      due_date: 'none',
      paid_at: 'none',
      total: 'purchase',
      currency: 'none',
    },
  },
  'public.payment': {
    of: 'customer',
    fields: {
      payment_id: 'generic-id',
      invoice_id: 'generic-id',
      method: 'none',
      token: 'payment-card',
      card_brand: 'payment-card',
      card_last4: 'payment-card',
      iban: 'bank-account',
      account_holder: 'person-name',
      amount: 'purchase',
      paid_at: 'none',
    },
  },
  'public.subscription': {
    of: 'customer',
    fields: {
      subscription_id: 'generic-id',
      customer_id: 'generic-id',
      plan: 'purchase',
      status: 'none',
      started_on: 'none',
      ended_on: 'none',
      delivery_address_id: 'generic-id',
      monthly_price: 'purchase',
    },
  },
  'public.product_review': {
    of: 'customer',
    fields: {
      review_id: 'generic-id',
      product_id: 'generic-id',
      customer_id: 'generic-id',
      author_name: 'person-name',
      rating: 'none',
      title: 'free-text',
      body: 'free-text',
      created_at: 'none',
    },
  },
  'public.wishlist': {
    of: 'customer',
    fields: { customer_id: 'generic-id', product_id: 'generic-id', note: 'free-text', added_at: 'none' },
  },
  'public.customer_history': {
    of: 'customer',
    fields: {
      customer_id: 'generic-id',
      email: 'email',
      first_name: 'person-name',
      last_name: 'person-name',
      phone: 'phone',
      address: 'postal-address',
      changed_at: 'none',
      changed_by: 'none',
    },
  },
  'public.login': {
    of: 'customer',
    fields: {
      customer_id: 'generic-id',
      username: 'username',
      password_hash: 'secret',
      last_ip: 'ip-address',
      last_login_at: 'none',
    },
  },
  'public.app_device': {
    of: 'customer',
    fields: {
      device_id: 'device-id',
      customer_id: 'generic-id',
      push_token: 'device-id',
      model: 'none',
      last_seen_at: 'none',
    },
  },
  'public.staff': {
    of: 'staff',
    fields: {
      staff_id: 'generic-id',
      full_name: 'person-name',
      job_title: 'job-title',
      email: 'email',
      phone: 'phone',
      manager_id: 'generic-id',
      hired_on: 'none',
    },
  },
  'public.supplier': {
    of: 'supplier',
    fields: {
      supplier_id: 'generic-id',
      name: 'organisation',
      contact_name: 'person-name',
      contact_email: 'email',
      contact_phone: 'phone',
    },
  },
  'public.product': {
    of: 'nobody',
    fields: {
      product_id: 'generic-id',
      sku: 'none',
      name: 'none',
      category: 'none',
      price: 'none',
      supplier_id: 'generic-id',
    },
  },
  'marketing.segment': {
    of: 'nobody',
    fields: { segment_id: 'generic-id', name: 'none', description: 'none' },
  },
  'marketing.segment_member': {
    of: 'customer',
    fields: { segment_id: 'generic-id', customer_id: 'generic-id', score: 'none', added_at: 'none' },
  },
  'marketing.email_log': {
    of: 'customer',
    fields: {
      email_log_id: 'generic-id',
      recipient: 'email',
      customer_id: 'generic-id',
      campaign: 'none',
      subject: 'free-text',
      sent_at: 'none',
      opened_at: 'none',
      open_ip: 'ip-address',
    },
  },
}

const support: Readonly<Record<string, TrueCollection>> = {
  requester: {
    of: 'customer',
    fields: {
      id: 'generic-id',
      name: 'person-name',
      email: 'email',
      phone: 'phone',
      customer_no: 'customer-number',
      organisation: 'organisation',
      locale: 'none',
      notes: 'free-text',
      created_at: 'none',
    },
  },
  ticket: {
    of: 'customer',
    fields: {
      id: 'generic-id',
      requester_id: 'generic-id',
      assignee_id: 'generic-id',
      subject: 'free-text',
      body: 'free-text',
      status: 'none',
      channel: 'none',
      created_at: 'none',
      solved_at: 'none',
    },
  },
  message: {
    of: 'customer',
    fields: {
      id: 'generic-id',
      ticket_id: 'generic-id',
      author: 'none',
      author_name: 'person-name',
      body: 'free-text',
      sent_at: 'none',
    },
  },
  attachment: {
    of: 'customer',
    fields: {
      id: 'generic-id',
      ticket_id: 'generic-id',
      file_name: 'free-text',
      media_type: 'none',
      bytes: 'none',
      sha256: 'none',
    },
  },
  ticket_tag: { of: 'customer', fields: { ticket_id: 'generic-id', tag_id: 'generic-id' } },
  agent: {
    of: 'staff',
    fields: { id: 'generic-id', name: 'person-name', email: 'email', role: 'job-title' },
  },
  tag: { of: 'nobody', fields: { id: 'generic-id', name: 'none' } },
  macro: { of: 'nobody', fields: { id: 'generic-id', title: 'none', body: 'none' } },
}

const newsletter: Readonly<Record<string, TrueCollection>> = {
  'subscribers.csv': {
    of: 'customer',
    fields: {
      'E-mail': 'email',
      Prénom: 'person-name',
      Nom: 'person-name',
      Inscription: 'none',
      'N° client': 'customer-number',
      Source: 'none',
      IP: 'ip-address',
    },
  },
  'unsubscribed.csv': {
    of: 'customer',
    fields: { email: 'email', unsubscribed_at: 'none', reason: 'free-text' },
  },
  'campaign-stats.csv': {
    of: 'nobody',
    fields: { campaign: 'none', sent_on: 'none', sent: 'none', opened: 'none', clicked: 'none' },
  },
}

const customer = 'shop/public.customer'

const undeclaredLinks: readonly TrueLink[] = [
  { from: 'shop/public.customer_history', to: customer, on: { customer_id: 'customer_id' } },
  { from: 'shop/marketing.email_log', to: customer, on: { customer_id: 'customer_id' } },
  { from: 'shop/marketing.email_log', to: customer, on: { recipient: 'email' } },
  { from: 'shop/public.gift', to: customer, on: { receiver_email: 'email' } },
  { from: 'support/requester', to: customer, on: { customer_no: 'customer_number' } },
  { from: 'support/requester', to: customer, on: { email: 'email' } },
  { from: 'newsletter/subscribers.csv', to: customer, on: { 'N° client': 'customer_number' } },
  { from: 'newsletter/subscribers.csv', to: customer, on: { 'E-mail': 'email' } },
  { from: 'newsletter/unsubscribed.csv', to: 'newsletter/subscribers.csv', on: { email: 'E-mail' } },
]
