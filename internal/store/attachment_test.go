package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"handrail/internal/store"
	"handrail/internal/store/storetest"
	"handrail/internal/ticket"
)

var desk = ticket.Place{Tenant: "contoso", Conversation: "19:desk", Thread: "1"}

func attachment(name, activity string, number int64) ticket.Attachment {
	return ticket.Attachment{
		Tenant: "contoso", Number: number, Name: name, By: ben, At: morning, Place: desk, Activity: activity,
		Source: ticket.FileSource{Kind: ticket.SourceDownload, URL: "https://files.example/x?secret", Picture: true},
	}
}

func attach(t *testing.T, db *store.DB, a ticket.Attachment) ticket.Attachment {
	t.Helper()
	inTx(t, db, func(tx ticket.Tx) error { return tx.AddAttachments(t.Context(), []*ticket.Attachment{&a}) })
	return a
}

func upload(t *testing.T, db *store.DB, content string) ticket.Upload {
	t.Helper()
	// A reader that gives a byte now and many then, as networks do.
	stored, err := db.Upload(t.Context(), "contoso", iotest.HalfReader(strings.NewReader(content)), ticket.MaxFile)
	ok(t, err)
	return stored
}

// keep gives an attachment its content.
func keep(t *testing.T, db *store.DB, a ticket.Attachment, content string) ticket.Attachment {
	t.Helper()
	stored := upload(t, db, content)
	a.Type, a.Source = "text/plain", ticket.FileSource{Picture: a.Source.Picture}
	inTx(t, db, func(tx ticket.Tx) error {
		if err := tx.KeepUpload(t.Context(), &a, stored); err != nil {
			return err
		}
		return tx.SaveAttachment(t.Context(), a)
	})
	return a
}

func count(t *testing.T, db *store.DB, table string) int64 {
	t.Helper()
	n, err := db.Number(t.Context(), "SELECT count(*) FROM "+table)
	ok(t, err)
	return n
}

func TestAnAttachmentIsReadAsItWasStored(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		a := attach(t, db, attachment("łog \"'\\ 🧯.txt", "m1", 0))
		got, found, err := db.Attachment(t.Context(), "contoso", a.ID)
		ok(t, err)
		equal(t, found, true)
		equal(t, got, a)
		again := attach(t, db, attachment("again", "m1", 0))
		equal(t, again.ID, int64(0))
		loose, err := db.Loose(t.Context(), desk, "m1")
		ok(t, err)
		equal(t, loose, []ticket.Attachment{a})
		none, err := db.Attachments(t.Context(), ticket.ID{Tenant: "contoso"})
		ok(t, err)
		equal(t, len(none), 0) // it is not there yet

		a.Number = 7
		a = keep(t, db, a, "content")
		equal(t, a.Size, int64(7))
		listed, err := db.Attachments(t.Context(), ticket.ID{Tenant: "contoso", Number: 7})
		ok(t, err)
		equal(t, listed, []ticket.Attachment{a})
		for _, elsewhere := range []ticket.ID{{Tenant: "fabrikam", Number: 7}, {Tenant: "contoso", Number: 8}} {
			listed, err = db.Attachments(t.Context(), elsewhere)
			ok(t, err)
			equal(t, len(listed), 0)
		}
		_, found, err = db.Attachment(t.Context(), "fabrikam", a.ID)
		ok(t, err)
		equal(t, found, false)
	})
}

func TestContentIsKeptByteForByte(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for i, content := range []string{"x", strings.Repeat("\x00\xff", 128<<10), strings.Repeat("0123456789", 100_000)} {
			a := keep(t, db, attach(t, db, attachment("a", string(rune('a'+i)), 1)), content)
			sum := sha256.Sum256([]byte(content))
			equal(t, a.Digest, hex.EncodeToString(sum[:]))
			var got bytes.Buffer
			ok(t, db.Content(t.Context(), "contoso", a.Digest, &got))
			if got.String() != content {
				t.Errorf("%d bytes came back of %d", got.Len(), len(content))
			}
			got.Reset()
			ok(t, db.Content(t.Context(), "fabrikam", a.Digest, &got))
			equal(t, got.Len(), 0)
		}
	})
}

func TestTheSameContentIsKeptOnceUntilNobodyHasIt(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		a := keep(t, db, attach(t, db, attachment("a", "m1", 1)), "content")
		b := keep(t, db, attach(t, db, attachment("b", "m2", 2)), "content")
		equal(t, []int64{count(t, db, "blobs"), count(t, db, "blob_chunks")}, []int64{1, 1})
		drop := func(gone ticket.Attachment) {
			inTx(t, db, func(tx ticket.Tx) error { return tx.DropAttachment(t.Context(), gone) })
		}
		drop(a)
		drop(a)
		equal(t, count(t, db, "blob_chunks"), int64(1))
		drop(b)
		equal(t, []int64{count(t, db, "blobs"), count(t, db, "blob_chunks"), count(t, db, "attachments")}, []int64{0, 0, 0})
	})
}

func TestAFileOfOneByteTooMuchIsRefusedAndLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		const limit = 300_000
		stored, err := db.Upload(t.Context(), "contoso", io.LimitReader(zeros{}, limit), limit)
		ok(t, err)
		equal(t, stored.Size, int64(limit))
		_, err = db.Upload(t.Context(), "contoso", io.LimitReader(zeros{}, limit+1), limit)
		if !errors.Is(err, ticket.ErrTooLarge) {
			t.Errorf("it ends with %v", err)
		}
		lost := errors.New("lost")
		for _, cause := range []error{lost, io.ErrUnexpectedEOF} {
			_, err = db.Upload(t.Context(), "contoso", io.MultiReader(io.LimitReader(zeros{}, limit), iotest.ErrReader(cause)), ticket.MaxFile)
			if !errors.Is(err, cause) {
				t.Errorf("it ends with %v", err)
			}
		}
		equal(t, count(t, db, "blobs"), int64(1))
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestWhatAKilledProcessHasLeftHalfIsRemovedLater(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		now := morning
		db := database.Open(t, func() time.Time { return now })
		upload(t, db, "left")
		now = now.Add(time.Hour)
		upload(t, db, "new")
		equal(t, count(t, db, "blobs"), int64(2))
		now = now.Add(time.Minute)
		kept := keep(t, db, attach(t, db, attachment("a", "m1", 1)), "kept")
		equal(t, count(t, db, "blobs"), int64(2))
		now = now.Add(24 * time.Hour)
		upload(t, db, "newer")
		var got bytes.Buffer
		ok(t, db.Content(t.Context(), "contoso", kept.Digest, &got))
		equal(t, got.String(), "kept")
		equal(t, count(t, db, "blobs"), int64(2))
	})
}

func TestTwoThatKeepTheSameContentAtOnceAgree(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var all sync.WaitGroup
		for i := range 6 {
			a := attach(t, db, attachment("a", string(rune('a'+i)), 1))
			stored := upload(t, db, "the same")
			all.Go(func() {
				for {
					err := db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.KeepUpload(t.Context(), &a, stored) })
					if !errors.Is(err, ticket.ErrRepeated) {
						if err != nil {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		all.Wait()
		equal(t, count(t, db, "blobs"), int64(1))
		listed, err := db.Attachments(t.Context(), ticket.ID{Tenant: "contoso", Number: 1})
		ok(t, err)
		equal(t, len(listed), 6)
	})
}

func TestAFileThatIsFetchedAndClaimedAtOnceIsAttachedOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		d := &ticket.Desk{Store: db, Policy: ticket.DefaultPolicy(), Now: time.Now}
		by := ticket.Actor{Person: ana, Tenant: "contoso"}
		for _, title := range []string{"one", "two"} {
			create(t, db, fresh("contoso", title))
		}
		const many = 20
		open := func(context.Context, ticket.FileSource) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("the same")), nil
		}
		fail := func(a ticket.Attachment, fault *ticket.Error) ticket.Job {
			t.Errorf("%s is given up: %v", a.Name, fault)
			return ticket.FetchAttachment{}
		}
		for i := range many {
			message := string(rune('a' + i))
			sent := ticket.Sent{Place: desk, Activity: message, Files: []ticket.Attachment{
				{Name: message, Source: ticket.FileSource{Kind: ticket.SourceDownload, URL: "https://files.example/x"}},
			}}
			ok(t, d.Receive(t.Context(), by, sent, nil))
			loose, err := db.Loose(t.Context(), desk, message)
			ok(t, err)
			var all sync.WaitGroup
			for range 2 {
				all.Go(func() {
					job := ticket.FetchAttachment{Tenant: "contoso", ID: loose[0].ID}
					if err := d.Fetch(t.Context(), job, open, fail); err != nil && !errors.Is(err, ticket.ErrRepeated) {
						t.Errorf("fetch: %v", err)
					}
				})
			}
			for number := range int64(2) {
				all.Go(func() {
					_, err := d.Claim(t.Context(), ticket.ID{Tenant: "contoso", Number: number + 1}, desk, message)
					if err != nil && ticket.KindOf(err) != ticket.Unmet {
						t.Errorf("claim: %v", err)
					}
				})
			}
			all.Wait()
			// A job that came too early comes again.
			ok(t, d.Fetch(t.Context(), ticket.FetchAttachment{Tenant: "contoso", ID: loose[0].ID}, open, fail))
		}
		var files, told int
		for number := range int64(2) {
			id := ticket.ID{Tenant: "contoso", Number: number + 1}
			listed, err := db.Attachments(t.Context(), id)
			ok(t, err)
			stored, err := db.Ticket(t.Context(), id)
			ok(t, err)
			equal(t, stored.Files, len(listed))
			entries, err := db.History(t.Context(), id, 0, 1000)
			ok(t, err)
			files += len(listed)
			for _, entry := range entries {
				if entry.Kind == ticket.EntryAttached {
					told++
				}
			}
		}
		equal(t, []int{files, told}, []int{many, many})
		equal(t, count(t, db, "blobs WHERE digest <> ''"), int64(1))
	})
}

func TestMessagesWithTheSameFilesExpireAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		desks := &ticket.Desk{Store: db, Now: func() time.Time { return morning.Add(ticket.LooseFor) }}
		for range 5 {
			contents := []string{"one", "two"}
			for _, activity := range []string{"m1", "m2"} {
				for part, content := range contents {
					a := attachment("a.log", activity, 0)
					a.Part = part
					keep(t, db, attach(t, db, a), content)
				}
				contents = []string{"two", "one"}
			}
			var wg sync.WaitGroup
			for _, activity := range []string{"m1", "m2"} {
				wg.Go(func() {
					if err := desks.ExpireAttachments(t.Context(), ticket.ExpireAttachments{Place: desk, Activity: activity}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			equal(t, count(t, db, "attachments")+count(t, db, "blobs"), int64(0))
		}
	})
}
