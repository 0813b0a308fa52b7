import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readNameField } from './name-field.ts'

describe('the name of a field that holds a name', () => {
  const halves = {
    given: 'first_name firstName FNAME Vorname Prénom imię voornaam given_names first',
    family: 'last_name lname Nachname apellidos apellido_2 primer_apellido cognome nazwisko příjmení last',
    middle: 'middle_name tussenvoegsel',
    name: 'name Nom nombre full_name contact_name first_contact_name maiden_name',
  }
  for (const [half, fields] of Object.entries(halves))
    it(`says of ${fields}: ${half}`, () => {
      for (const field of fields.split(' ')) assert.equal(readNameField(field).half, half, field)
    })

  it('says of no half where it speaks of both, or of neither', () => {
    for (const field of ['nom_prenom', 'imie_nazwisko', 'label', 'account_holder', 'geburtsname'])
      assert.equal(readNameField(field).half, null, field)
  })

  it('says whose name it is by its other words', () => {
    assert.deepEqual(
      ['billing_first_name', 'billingLastName', 'first_name', 'segundo_apellido'].map(
        (field) => readNameField(field).of,
      ),
      ['billing', 'billing', '', ''],
    )
  })
})
