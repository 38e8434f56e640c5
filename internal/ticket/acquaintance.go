package ticket

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// How long the addresses that an organisation gives are taken for true, and how
// long one that would not give them is left alone.
const (
	mailKept    = 30 * 24 * time.Hour
	mailRefused = 24 * time.Hour
)

// LearnMail asks the organisation for the mail address of a person who was seen
// in a place.
type LearnMail struct {
	Place
	Person Person `json:"person"`
}

// Kind gives the stored word of the job.
func (LearnMail) Kind() string { return "person.mail" }

// Meet stores what is known of a person who was seen in a place. Where there is a
// system of record, which knows people by their mail addresses, it has these asked
// for: when they are not known, are old, or the person has a new name.
func (d *Desk) Meet(ctx context.Context, tx Tx, who Acquaintance, seen Place) error {
	if d.Records == nil {
		return tx.Meet(ctx, who)
	}
	before, known, err := tx.Person(ctx, who.Tenant, who.ID)
	if err != nil {
		return err
	}
	if err := tx.Meet(ctx, who); err != nil {
		return err
	}
	if known && d.now().Before(before.MailDue) && (who.Name == "" || who.Name == before.Name) {
		return nil
	}
	return tx.Later(ctx, Task{Job: LearnMail{Place: seen, Person: who.Person}})
}

// MailLearnt notes the addresses that the organisation gives a person; with
// refused it gave none, and those that were known stay.
func (d *Desk) MailLearnt(ctx context.Context, job LearnMail, mail, signIn string, refused bool) error {
	err := d.Store.InTx(ctx, func(tx Tx) error {
		who, known, err := tx.Person(ctx, job.Tenant, job.Person.ID)
		if err != nil || !known {
			return err
		}
		before := who.Mails()
		if refused {
			who.MailDue = d.now().Add(mailRefused)
		} else {
			who.Mail, who.SignIn, who.MailDue = organisationMail(mail), organisationMail(signIn), d.now().Add(mailKept)
		}
		if err := tx.LearnMail(ctx, who); err != nil {
			return err
		}
		return d.ownAnew(ctx, tx, who, before)
	})
	if err != nil {
		return fmt.Errorf("note the mail address of a person: %w", err)
	}
	return nil
}

// organisationMail gives an address that the organisation has told, and nothing
// for what is none: sign-in names need not be addresses, and those of guests
// ("ana_contoso.com#EXT#@fabrikam.example") only look like one.
func organisationMail(told string) string {
	address, err := CheckAddress(told)
	if err != nil || strings.Contains(strings.ToUpper(address), "#EXT#") {
		return ""
	}
	return strings.ToLower(address)
}

// SayMail notes under which address the actor is known in the system of record;
// empty for that of the organisation. Nobody can give an address that is
// somebody else's.
func (d *Desk) SayMail(ctx context.Context, by Actor, typed string) (Acquaintance, error) {
	var who Acquaintance
	mail := ""
	if typed != "" {
		address, err := CheckAddress(typed)
		if err != nil {
			return who, err
		}
		mail = strings.ToLower(address)
	}
	err := d.Store.InTx(ctx, func(tx Tx) error {
		other, taken, err := tx.PersonByMail(ctx, by.Tenant, mail)
		if err != nil {
			return err
		}
		if taken && !other.same(by.Person) {
			return fault(FieldMail, "error.mail_taken", map[string]any{"Mail": mail})
		}
		if who, _, err = tx.Person(ctx, by.Tenant, by.ID); err != nil {
			return err
		}
		before := who.Mails()
		who.OwnMail = mail
		if err := tx.SayMail(ctx, who); err != nil {
			return err
		}
		return d.ownAnew(ctx, tx, who, before)
	})
	if err != nil {
		return who, fmt.Errorf("note a mail address: %w", err)
	}
	return who, nil
}

// mostOwned is how many tickets of a person get the right owner in the system of record
// at once; any others get it when something happens to them.
const mostOwned = 500

// ownAnew has the open tickets of a person brought to their records, when they are
// known there by another address than before.
func (d *Desk) ownAnew(ctx context.Context, tx Tx, who Acquaintance, before []string) error {
	if d.Records == nil || who.ID == "" || slices.Equal(firstOf(before), firstOf(who.Mails())) {
		return nil
	}
	owned, err := tx.Tickets(ctx, Query{Tenant: who.Tenant, Open: true, Owner: who.ID, Limit: mostOwned})
	if err != nil {
		return err
	}
	tasks := make([]Task, len(owned.Tickets))
	for i, t := range owned.Tickets {
		tasks[i] = Task{Job: SendRecord{Tenant: t.Tenant, Number: t.Number}, Many: true}
	}
	return tx.Later(ctx, tasks...)
}

// firstOf gives the address that counts, if there is any.
func firstOf(mails []string) []string { return mails[:min(len(mails), 1)] }
