/** A person's own row, as a map says it of both the companies made for tests. */
export const personInMap = `      public.person:
        rows: delete
        fields:
          email: {category: email, identifier: email, unique: true}
          first_name: {category: person-name}
          last_name: {category: person-name}
          phone: {category: phone, identifier: phone, unique: false}`
