#include "app/embedded.h"

#include "base/embed.h"

namespace wardhive {

WARDHIVE_EMBED(playbook_brute_force, "packs/playbooks/brute-force.yaml")
WARDHIVE_EMBED(playbook_bad_node, "packs/playbooks/bad-node.yaml")
WARDHIVE_EMBED(playbook_lost_node, "packs/playbooks/lost-node.yaml")
WARDHIVE_EMBED(playbook_authority_change, "packs/playbooks/authority-change.yaml")
WARDHIVE_EMBED(playbook_chain_unwell, "packs/playbooks/chain-unwell.yaml")
WARDHIVE_EMBED(playbook_chain_abuse, "packs/playbooks/chain-abuse.yaml")
WARDHIVE_EMBED(playbook_stolen_credential, "packs/playbooks/stolen-credential.yaml")
WARDHIVE_EMBED(scenario_first_light, "packs/scenarios/first-light.yaml")

Result<std::vector<Playbook>> embedded_playbooks() {
  std::vector<Playbook> playbooks;
  for (const auto& [name, yaml] :
       {std::pair{"packs/playbooks/brute-force.yaml", playbook_brute_force()},
        {"packs/playbooks/bad-node.yaml", playbook_bad_node()},
        {"packs/playbooks/lost-node.yaml", playbook_lost_node()},
        {"packs/playbooks/authority-change.yaml", playbook_authority_change()},
        {"packs/playbooks/chain-unwell.yaml", playbook_chain_unwell()},
        {"packs/playbooks/chain-abuse.yaml", playbook_chain_abuse()},
        {"packs/playbooks/stolen-credential.yaml", playbook_stolen_credential()}}) {
    WARDHIVE_ASSIGN(auto playbook, parse_playbook(yaml, name));
    playbooks.push_back(std::move(playbook));
  }
  return playbooks;
}

std::string_view embedded_first_light() { return scenario_first_light(); }

}  // namespace wardhive
