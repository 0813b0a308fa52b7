/** A dataset as teams that use Fides keep it beside their code. Line numbers matter to the tests. */
export const fidesShop = `dataset:
  - fides_key: web_shop
    organization_fides_key: default_organization
    name: Web shop
    description: The shop's main database
    collections:
      - name: customer
        fields:
          - name: id
            data_categories: [user.unique_id]
            fides_meta:
              primary_key: True
              data_type: integer
          - name: email
            data_categories: [user.contact.email]
            fides_meta:
              identity: email
              data_type: string
              length: 60
          - name: phone
            data_categories: [user.contact.phone_number]
            fides_meta: {identity: phone_number}
          - name: first_name
            data_categories: [user.name.first]
          - name: last_name
            data_categories: [user.name.last]
            fides_meta:
              masking_strategy_override:
                strategy: string_rewrite
                configuration: {rewrite_value: erased}
          - name: notes
            data_categories: [user.demographic.marital_status]
            fides_meta:
              masking_strategy_override: {strategy: hash}
          - name: created_at
            data_categories: [system.operations]
          - name: nickname
            data_categories: [user.account.username]
      - name: invoice
        fides_meta:
          erase_after: [web_shop.customer]
        fields:
          - name: customer_id
            fides_meta:
              references:
                - dataset: web_shop
                  field: customer.id
                  direction: from
          - name: billing_address
            data_categories: [user.contact.address.street, user.name]
      - name: basket
        fides_meta:
          masking_strategy_override: {strategy: delete}
        fields:
          - name: customer_id
            fides_meta:
              references:
                - dataset: crm
                  field: person.number
`
