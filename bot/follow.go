package bot

import (
	"context"
	"encoding/json"
	"strings"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// Verbs of the card that says what a conversation follows; stored words.
const (
	verbFollowEnd = "follow.end"
	verbQuietEnd  = "quiet.end"
)

// everything is the item of a button that is about tickets by class.
const everything = "all"

// followed is what stands behind "follow" and "unfollow".
type followed struct {
	// number is that of one ticket, class the least urgent class.
	number int64
	class  ticket.Class
	// all tells that nothing was named, or everything.
	all bool
}

// followedIn reads what is to be followed; false where it is nothing of that.
func followedIn(rest string) (followed, bool) {
	words := fields(rest)
	if len(words) == 0 {
		return followed{all: true}, true
	}
	if number, ok := numberIn(words); ok {
		return followed{number: number}, true
	}
	switch words[0].text {
	case "all", "everything", "every", "any":
		return followed{all: true}, true
	}
	for _, class := range ticket.Classes() {
		if resembles(words[0].text, string(class)) {
			return followed{class: class}, true
		}
	}
	return followed{}, false
}

// follow answers "follow", "follow expedite" and "follow T-1".
func (b *Bot) follow(ctx context.Context, t *turn, rest string) error {
	what, ok := followedIn(rest)
	if !ok {
		return b.say(ctx, t, t.markdown("follow.unknown", args{"Text": cards.Shorten(b.masked(rest), 80), "Command": "follow"}))
	}
	follow := ticket.Follow{Place: t.place(), Number: what.number, Class: what.class, By: t.actor.Person}
	if err := b.desk.Follow(ctx, follow); err != nil {
		return err
	}
	said := t.say("follow.done", args{"What": b.followedLine(t.speech, follow)})
	if what.number != 0 {
		said += " " + t.say("follow.what.ticket")
	} else {
		said += " " + t.say("follow.what")
	}
	return b.say(ctx, t, said)
}

// followedLine says what a follow is about.
func (b *Bot) followedLine(s speech, f ticket.Follow) string {
	switch {
	case f.Number != 0:
		return "**" + ticket.Number(f.Number) + "**"
	case f.Class == "" || f.Class == ticket.Standard:
		return s.say("follow.all")
	case f.Class == ticket.Expedite:
		return s.say("follow.expedite")
	}
	return s.say("follow.class", args{"Class": s.say("class." + string(f.Class))})
}

// unfollow answers "unfollow", "unfollow expedite" and "unfollow T-1".
func (b *Bot) unfollow(ctx context.Context, t *turn, rest string) error {
	what, ok := followedIn(rest)
	if !ok {
		return b.say(ctx, t, t.markdown("follow.unknown", args{"Text": cards.Shorten(b.masked(rest), 80), "Command": "unfollow"}))
	}
	ended, left, err := b.desk.Unfollow(ctx, t.place(), func(f ticket.Follow) bool {
		return what.all || what.number != 0 && f.Number == what.number || what.class != "" && f.Number == 0 && f.Class == what.class
	})
	if err != nil {
		return err
	}
	return b.say(ctx, t, b.unfollowed(t.speech, ended, left))
}

// unfollowed says what is followed no longer, and what still is.
func (b *Bot) unfollowed(s speech, ended, left []ticket.Follow) string {
	still := make([]string, len(left))
	for i, f := range left {
		still[i] = b.followedLine(s, f)
	}
	said := s.say("unfollow.nothing")
	if len(ended) > 0 {
		gone := make([]string, len(ended))
		for i, f := range ended {
			gone[i] = b.followedLine(s, f)
		}
		said = s.say("unfollow.done", args{"What": strings.Join(gone, ", ")})
	}
	if len(left) > 0 {
		said += " " + s.say("unfollow.left", args{"What": strings.Join(still, ", ")})
	}
	return said
}

// sendFollowing answers "following".
func (b *Bot) sendFollowing(ctx context.Context, t *turn) error {
	card, err := b.followingCard(ctx, t)
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("following.heading"))
}

// followEnd ends a follow from the card that lists them.
func (b *Bot) followEnd(ctx context.Context, t *turn, v values, action teams.Action) (reply, error) {
	number := v.ticket(t.actor.Tenant).Number
	_, _, err := b.desk.Unfollow(ctx, t.place(), func(f ticket.Follow) bool {
		return f.Number == number && (number != 0 || v.text("item") == everything)
	})
	if err != nil {
		return reply{}, err
	}
	return b.followingNow(ctx, t, action)
}

// quietEnd ends the quiet hours from the card that lists them.
func (b *Bot) quietEnd(ctx context.Context, t *turn, _ values, action teams.Action) (reply, error) {
	if err := b.desk.SetQuiet(ctx, t.place(), nil); err != nil {
		return reply{}, err
	}
	return b.followingNow(ctx, t, action)
}

// followingNow draws the pressed card anew, for everybody.
func (b *Bot) followingNow(ctx context.Context, t *turn, action teams.Action) (reply, error) {
	card, err := b.followingCard(ctx, t)
	if err != nil {
		return reply{}, err
	}
	return b.settle(ctx, t, action, card, t.say("following.heading"))
}

// followingLines is how many follows the card names: more would make it one
// that Teams does not take.
const followingLines = 20

// followingCard says what the conversation follows and when it is left alone.
func (b *Bot) followingCard(ctx context.Context, t *turn) (json.RawMessage, error) {
	follows, err := b.store.Follows(ctx, t.place())
	if err != nil {
		return nil, err
	}
	quiet, hasQuiet, err := b.store.Quiet(ctx, t.place().Tenant, t.place().Conversation)
	if err != nil {
		return nil, err
	}
	view := cards.Digest{Words: t.words(), Heading: t.say("following.heading")}
	if len(follows) == 0 {
		view.Subtitle = t.say("following.nothing")
	}
	if hasQuiet {
		end := b.button(t.speech, "button.end", verbQuietEnd, cards.Data{})
		view.Lines = append(view.Lines, cards.DigestLine{
			What:   t.say("following.quiet", args{"Hours": quiet.Hours(), "Zone": zoneName(quiet.Zone)}),
			Detail: t.markdown("ticket.by", args{"Who": quiet.By.Name, "When": t.when(quiet.At)}), Button: &end,
		})
	}
	if more := len(follows) - followingLines; more > 0 {
		view.More = t.say("summary.more", args{"Count": more})
		follows = follows[:followingLines]
	}
	for _, f := range follows {
		data := cards.Data{Item: everything}
		what := b.followedLine(t.speech, f)
		if f.Number != 0 {
			followed, err := b.store.Ticket(ctx, ticket.ID{Tenant: f.Tenant, Number: f.Number})
			if err != nil {
				return nil, err
			}
			data = cards.Data{Ticket: followed.String()}
			what += " " + cards.Escape(cards.Shorten(b.masked(followed.Title), 90))
		}
		end := b.button(t.speech, "button.end", verbFollowEnd, data)
		view.Lines = append(view.Lines, cards.DigestLine{
			What: what, Detail: t.markdown("ticket.by", args{"Who": f.By.Name, "When": t.when(f.At)}), Button: &end,
		})
	}
	return b.cards.Digest(view)
}
