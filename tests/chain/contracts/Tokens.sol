// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

/// Tokens that anyone may mint and burn: for tests only.

contract Coin is ERC20 {
    uint8 private immutable places;

    constructor(uint8 places_) ERC20("Coin", "COIN") {
        places = places_;
    }

    function decimals() public view override returns (uint8) {
        return places;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function burn(address from, uint256 amount) external {
        _burn(from, amount);
    }

    function mintMany(address[] calldata to, uint256 amount) external {
        for (uint256 i = 0; i < to.length; i++) {
            _mint(to[i], amount);
        }
    }
}

contract Art is ERC721 {
    constructor() ERC721("Art", "ART") {}

    function mint(address to, uint256 id) external {
        _mint(to, id);
    }

    function burn(uint256 id) external {
        _burn(id);
    }

    function give(address from, address to, uint256 id) external {
        _transfer(from, to, id);
    }

    function mintMany(address[] calldata to, uint256 first) external {
        for (uint256 i = 0; i < to.length; i++) {
            _mint(to[i], first + i);
        }
    }
}

contract Editions is ERC1155 {
    constructor() ERC1155("") {}

    function mint(address to, uint256 id, uint256 amount) external {
        _mint(to, id, amount, "");
    }

    function burn(address from, uint256 id, uint256 amount) external {
        _burn(from, id, amount);
    }
}

/// Answers about some owners never, about some with nonsense: what a hostile contract may do.
contract Hostile {
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x80ac58cd;
    }

    function balanceOf(address owner) external pure returns (uint256) {
        uint256 kind = uint160(owner) & 0xf;
        if (kind == 1) {
            while (true) {}
        }
        if (kind == 2) {
            assembly {
                return(0, 7)
            }
        }
        if (kind == 3) {
            revert("no");
        }
        return 1;
    }
}
