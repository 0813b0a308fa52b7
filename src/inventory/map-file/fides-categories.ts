import type { Category } from '../data-map.ts'
import { own } from '../own.ts'

/** Fides' taxonomy of data categories (fideslang) in our words. A category below one of these is what stands above it. */
const exact: Readonly<Record<string, Category>> = {
  system: 'none',
  'user.account': 'username',
  'user.authorization': 'secret',
  'user.authorization.biometric': 'biometric',
  'user.behavior.purchase_history': 'purchase',
  'user.biometric': 'biometric',
  'user.biometric.health': 'health',
  'user.biometric_health': 'health',
  'user.contact.address': 'postal-address',
  'user.contact.address.city': 'city',
  'user.contact.address.country': 'country',
  'user.contact.address.postal_code': 'postcode',
  'user.contact.email': 'email',
  'user.contact.fax_number': 'phone',
  'user.contact.organization': 'organisation',
  'user.contact.phone_number': 'phone',
  'user.contact.url': 'social-profile',
  'user.content': 'free-text',
  'user.content.private': 'communication',
  'user.content.self_image': 'photo',
  'user.credit_reporting': 'financial',
  'user.criminal_history': 'criminal',
  'user.date_of_birth': 'birth-date',
  'user.demographic.age_range': 'age',
  'user.demographic.date_of_birth': 'birth-date',
  'user.demographic.gender': 'gender',
  'user.demographic.political_opinion': 'political-opinion',
  'user.demographic.race_ethnicity': 'ethnic-origin',
  'user.demographic.religious_belief': 'religion',
  'user.demographic.sexual_orientation': 'sex-life',
  'user.device': 'device-id',
  'user.device.ip_address': 'ip-address',
  'user.financial': 'financial',
  'user.financial.bank_account': 'bank-account',
  'user.financial.account_number': 'bank-account',
  'user.financial.credit_card': 'payment-card',
  'user.gender': 'gender',
  'user.genetic': 'genetic',
  'user.government_id': 'national-id',
  'user.government_id.drivers_license_number': 'driving-licence',
  'user.government_id.passport_number': 'passport',
  'user.government_id.vehicle_registration': 'vehicle-plate',
  'user.health_and_medical': 'health',
  'user.insurance': 'financial',
  'user.job_title': 'job-title',
  'user.location': 'geo-location',
  'user.name': 'person-name',
  'user.payment': 'payment-card',
  'user.political_opinion': 'political-opinion',
  'user.race': 'ethnic-origin',
  'user.religious_belief': 'religion',
  'user.sexual_orientation': 'sex-life',
  'user.social': 'social-profile',
  'user.telemetry': 'device-id',
  'user.unique_id': 'generic-id',
  'user.user_sensor': 'device-id',
  'user.workplace': 'organisation',
}

/** Our category for one of theirs; without a counterpart `free-text`, which is personal and goes. Null for a name from elsewhere. */
export function categoryOfFides(
  name: string,
): { readonly category: Category; readonly exact: boolean } | null {
  // Until 2022 the taxonomy parted what people gave from what was derived: user.provided.identifiable.contact.email.
  const current = name.replace(/^(user|account)\.(?:provided|derived)(?:\.(?:non)?identifiable)?/, 'user')
  const steps = current.split('.')
  if (steps[0] !== 'user' && steps[0] !== 'system') return null
  for (let length = steps.length; length > 0; length--) {
    const category = own(exact, steps.slice(0, length).join('.'))
    if (category !== undefined) return { category, exact: true }
  }
  return { category: 'free-text', exact: false }
}

export const fidesCategoryNames: readonly string[] = Object.keys(exact)
