package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"handrail/cards"
	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// welcome greets a conversation once, however often Teams says that the bot
// was added to it.
func (b *Bot) welcome(ctx context.Context, t *turn) error {
	card, err := b.cards.Welcome(cards.Welcome{
		Words: t.words(), Local: b.local,
		Buttons: []cards.Button{
			b.button(t.speech, "button.new", verbIntakeOpen, cards.Data{}),
			b.button(t.speech, "button.board", verbListShow, cards.Data{List: listBoard}),
			b.button(t.speech, "button.help", verbHelpShow, cards.Data{}),
		},
	})
	if err != nil {
		return err
	}
	place := t.place()
	err = b.store.InTx(ctx, func(tx ticket.Tx) error {
		first, err := tx.Welcome(ctx, place)
		if err != nil || !first {
			return err
		}
		return tx.Later(ctx, ticket.Task{Job: ticket.Say{Place: place, Card: card, Summary: t.say("card.welcome.heading")}})
	})
	if err != nil {
		return fmt.Errorf("bot: welcome a conversation: %w", err)
	}
	return nil
}

// sendHelp sends what people can write, below a notice where there is one.
func (b *Bot) sendHelp(ctx context.Context, t *turn, notice string) error {
	card, err := b.helpCard(t.speech, notice)
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("button.help"))
}

func (b *Bot) helpShow(_ context.Context, t *turn, _ values, _ teams.Action) (reply, error) {
	card, err := b.helpCard(t.speech, "")
	return reply{card: card}, err
}

func (b *Bot) helpCard(s speech, notice string) (json.RawMessage, error) {
	mine := b.button(s, "button.mine", verbListShow, cards.Data{List: listMine})
	mine.Secondary = true // on a phone, two stand beside each other
	view := cards.Help{
		Words: s.words(), Notice: cards.Text(notice),
		Buttons: []cards.Button{
			b.button(s, "button.new", verbIntakeOpen, cards.Data{}), b.button(s, "button.board", verbListShow, cards.Data{List: listBoard}), mine,
		},
	}
	for _, command := range Commands() {
		view.Commands = append(view.Commands, cards.HelpCommand{
			Usage: s.say("command." + command.Name + ".usage"), Explanation: s.say("command." + command.Name),
		})
	}
	return b.cards.Help(view)
}

// offerTitle answers a sentence that is no command with the offer to open a
// ticket with it.
func (b *Bot) offerTitle(ctx context.Context, t *turn, text, short string) error {
	offer := b.button(t.speech, "button.use_as_title", verbIntakeOpen, cards.Data{Title: cards.Shorten(ticket.Clean(text), ticket.MaxTitle)})
	help := b.button(t.speech, "button.help", verbHelpShow, cards.Data{})
	card, err := b.noticeCard(t.speech, t.say("unknown.title", args{"Text": short}), offer, help)
	if err != nil {
		return err
	}
	return b.sendCard(ctx, t, card, t.say("button.help"))
}
