// Package teams is the wire to Microsoft Teams, built on msbotbuilder-go: it
// reads the activities that the Bot Connector sends, proves that they come from
// there and from a tenant that may use the bot, hands them to a [Handler], and
// writes what the bot sends back. Everything that would change if Microsoft
// changed the protocol is here: clouds, tokens, signing keys, activity types,
// mentions, card actions, invoke answers, rate limits and connector errors.
//
// It does not know tickets, commands or cards: a card is JSON to it, a verb is
// a word. It keeps nothing beyond the process (addresses and ids of messages
// are rows of the store) and does not listen: the host hands it requests.
package teams
