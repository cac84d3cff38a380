package org

import (
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

const contactCols = "c.id, c.facility_id, c.name, c.role, c.phone, c.email, c.hours, c.public, c.position"

func scanContact(r db.Rows, c *Contact) error {
	return r.Scan(&c.ID, &c.Facility, &c.Name, &c.Role, &c.Phone, &c.Email, &c.Hours, &c.Public, &c.Position)
}

// ContactsOf lists the people of a facility who guide payers, in page order (P8).
func ContactsOf(tx *db.Tx, facility id.Facility) ([]Contact, error) {
	return db.All(tx, "select "+contactCols+" from contact c where c.facility_id = $1 order by c.position, c.id", []any{facility}, scanContact)
}

// ContactsOfMany is ContactsOf for a list of facilities, in one query.
func ContactsOfMany(tx *db.Tx, facilities []id.Facility) (map[id.Facility][]Contact, error) {
	list, err := db.All(tx, "select "+contactCols+" from contact c where "+tx.In("c.facility_id", 1)+" order by c.facility_id, c.position, c.id",
		[]any{db.List(tx, facilities)}, scanContact)
	return groupBy(list, func(c Contact) id.Facility { return c.Facility }), err
}

// ContactByID reads one contact; db.ErrNotFound when there is none.
func ContactByID(tx *db.Tx, contact id.Contact) (Contact, error) {
	return one(tx, "select "+contactCols+" from contact c where c.id = $1", scanContact, contact)
}

func insertContacts(tx *db.Tx, list []Contact) error {
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{c.ID, c.Facility, c.Name, c.Role, c.Phone, c.Email, c.Hours, c.Public, c.Position}
	}
	return tx.Insert("contact", []string{"id", "facility_id", "name", "role", "phone", "email", "hours", "public", "position"}, rows)
}

func updateContacts(tx *db.Tx, list []Contact) error {
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{c.ID, c.Name, c.Role, c.Phone, c.Email, c.Hours, c.Public, c.Position}
	}
	_, err := tx.ExecMany("update contact set name = $2, role = $3, phone = $4, email = $5, hours = $6, public = $7, position = $8 where id = $1", rows)
	return err
}
